package dashboard

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

const (
	cookieName = "wasession-dashboard"
	// loginTime is how long a login lasts: a working day.
	loginTime = 12 * time.Hour
	// maxCookie is what browsers keep of a cookie, in bytes, with room for its
	// attributes.
	maxCookie = 3800
)

// login is what a visitor's cookie holds.
type login struct {
	// ID tells one login from another.
	ID string `json:"id"`
	// Secret is the API key or the token that the visitor logged in with.
	Secret string `json:"secret"`
	// Until is when it ends, in Unix seconds.
	Until int64 `json:"until"`
}

// cookies encrypts logins, so that a stolen disk or log of cookies shows no keys, and
// nobody can make one up.
type cookies struct {
	sealer cipher.AEAD
	// tokenKey makes the tokens of forms.
	tokenKey []byte
	now      func() time.Time
}

func newCookies(key []byte, now func() time.Time) (cookies, error) {
	if len(key) != 32 {
		return cookies{}, errors.New("the key for cookies must have 32 bytes")
	}
	block, err := aes.NewCipher(derive(key, "cookie"))
	if err != nil {
		return cookies{}, fmt.Errorf("preparing the key for cookies: %w", err)
	}
	sealer, err := cipher.NewGCM(block)
	if err != nil {
		return cookies{}, fmt.Errorf("preparing the key for cookies: %w", err)
	}
	return cookies{sealer: sealer, tokenKey: derive(key, "form token"), now: now}, nil
}

// derive makes a key for one purpose.
func derive(key []byte, purpose string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(purpose))
	return mac.Sum(nil)
}

var errLongSecret = errors.New("too long for a cookie")

// set gives the visitor a cookie.
func (c cookies) set(w http.ResponseWriter, r *http.Request, secret string) error {
	until := c.now().Add(loginTime)
	plain, err := json.Marshal(login{ID: rand.Text(), Secret: secret, Until: until.Unix()})
	if err != nil {
		return fmt.Errorf("encoding a login: %w", err)
	}
	nonce := make([]byte, c.sealer.NonceSize())
	rand.Read(nonce)
	value := base64.RawURLEncoding.EncodeToString(c.sealer.Seal(nonce, nonce, plain, []byte(cookieName)))
	if len(value) > maxCookie {
		return errLongSecret
	}
	http.SetCookie(w, cookie(r, value, int(loginTime.Seconds())))
	return nil
}

// clear takes the cookie back.
func (c cookies) clear(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, cookie(r, "", -1))
}

func cookie(r *http.Request, value string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name: cookieName, Value: value, Path: Root, MaxAge: maxAge,
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: !plainLoopback(r),
	}
}

// plainLoopback says whether a browser on the same machine makes a request without
// TLS, as through kubectl port-forward. Some browsers keep no Secure cookie then.
func plainLoopback(r *http.Request) bool {
	if r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") {
		return false
	}
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = strings.Trim(r.Host, "[]")
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// get returns the login of a request's cookie, if it has a valid one.
func (c cookies) get(r *http.Request) (login, bool) {
	given, err := r.Cookie(cookieName)
	if err != nil {
		return login{}, false
	}
	sealed, err := base64.RawURLEncoding.DecodeString(given.Value)
	if err != nil || len(sealed) < c.sealer.NonceSize() {
		return login{}, false
	}
	nonce, sealed := sealed[:c.sealer.NonceSize()], sealed[c.sealer.NonceSize():]
	plain, err := c.sealer.Open(nil, nonce, sealed, []byte(cookieName))
	if err != nil {
		return login{}, false
	}
	var l login
	if err := json.Unmarshal(plain, &l); err != nil || c.now().Unix() >= l.Until {
		return login{}, false
	}
	return l, true
}

// token is what the forms of a login carry. It is masked anew each time: pages are
// compressed, and a fixed token could be guessed from their lengths.
func (c cookies) token(l login) string {
	mac := c.mac(l)
	mask := make([]byte, len(mac))
	rand.Read(mask)
	masked := make([]byte, len(mac))
	subtle.XORBytes(masked, mask, mac)
	return base64.RawURLEncoding.EncodeToString(append(mask, masked...))
}

func (c cookies) mac(l login) []byte { return derive(c.tokenKey, l.ID) }

// checks says whether a form's token belongs to the login.
func (c cookies) checks(l login, token string) bool {
	mac := c.mac(l)
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) != 2*len(mac) {
		return false
	}
	subtle.XORBytes(raw[:len(mac)], raw[:len(mac)], raw[len(mac):])
	return hmac.Equal(raw[:len(mac)], mac)
}
