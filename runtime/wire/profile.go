package wire

// Profile is the account's own profile.
type Profile struct {
	ID      string  `json:"id"`
	Picture *string `json:"picture" doc:"null if there is none"`
	Name    string  `json:"name"`
}
