package v1alpha1

// PairingMethod is how a number is linked to its session.
//
// +kubebuilder:validation:Enum=QRCode;PhoneCode
type PairingMethod string

const (
	// PairQRCode shows a QR code that a person scans with the phone.
	PairQRCode PairingMethod = "QRCode"
	// PairPhoneCode shows a code of eight characters that a person enters on the
	// phone with the given number.
	PairPhoneCode PairingMethod = "PhoneCode"
)

// PairingSpec is how the number is linked. The QR code and the pairing code are
// never part of the resource; read them from the chat API.
//
// +kubebuilder:validation:XValidation:rule="self.?method.orValue('QRCode') != 'PhoneCode' || has(self.phoneNumber)",message="pairing.method PhoneCode needs pairing.phoneNumber: the number in international format, digits only"
// +kubebuilder:validation:XValidation:rule="self.?method.orValue('QRCode') == 'PhoneCode' || !has(self.phoneNumber)",message="pairing.phoneNumber is for pairing.method PhoneCode only: remove it, or set method to PhoneCode"
// +kubebuilder:validation:XValidation:rule="!has(self.account) || !has(self.phoneNumber) || self.account == self.phoneNumber",message="pairing.account and pairing.phoneNumber must be the same number"
type PairingSpec struct {
	// method is QRCode (default) or PhoneCode.
	// +optional
	// +kubebuilder:default=QRCode
	Method PairingMethod `json:"method,omitempty"`

	// phoneNumber is the number to pair with PhoneCode, in international format: 7
	// to 15 digits, without '+' or a leading zero. Required with PhoneCode, not
	// allowed with QRCode.
	// +optional
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule="self.matches('^[1-9][0-9]{6,14}$')",message="must be a phone number in international format, digits only: 4915112345678, not +49 151 12345678"
	PhoneNumber string `json:"phoneNumber,omitempty"`

	// account is the only number that may be linked, in international format,
	// digits only. A phone with another number is rejected at pairing. If another
	// number is already linked, the session stays linked but does not connect, and
	// reports WrongAccount until it is logged out or account is changed. Any
	// number may be linked without it.
	// +optional
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule="self.matches('^[1-9][0-9]{6,14}$')",message="must be a phone number in international format, digits only: 4915112345678, not +49 151 12345678"
	Account string `json:"account,omitempty"`

	// deviceName is what the phone's list of linked devices shows beside the
	// browser, such as the name of a team: at most 50 characters. Defaults to
	// wasession.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=50
	DeviceName string `json:"deviceName,omitempty"`

	// browser is the browser that the phone's list of linked devices shows: Chrome
	// (default), Firefox, Edge, Safari or Opera.
	// +optional
	Browser Browser `json:"browser,omitempty"`
}

// Browser is a browser that WhatsApp knows.
//
// +kubebuilder:validation:Enum=Chrome;Firefox;Edge;Safari;Opera
type Browser string

// The browsers.
const (
	BrowserChrome  Browser = "Chrome"
	BrowserFirefox Browser = "Firefox"
	BrowserEdge    Browser = "Edge"
	BrowserSafari  Browser = "Safari"
	BrowserOpera   Browser = "Opera"
)
