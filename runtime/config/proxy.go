package config

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

// ProxyURL returns the configured proxy including its credentials, or nil. Its
// errors never repeat the URL, which may contain a secret.
func ProxyURL(p *v1.Proxy) (*url.URL, error) {
	if p == nil || p.URL == "" {
		return nil, nil
	}
	u, err := url.Parse(p.URL)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "socks5") {
		return nil, errors.New("proxy.url must look like http://host:port, https://host:port or socks5://host:port")
	}
	if u.User != nil {
		return nil, errors.New("proxy.url must not contain credentials: use proxy.usernameFile and proxy.passwordFile")
	}
	user, err := secret("proxy.usernameFile", p.UsernameFile)
	if err != nil {
		return nil, err
	}
	password, err := secret("proxy.passwordFile", p.PasswordFile)
	if err != nil {
		return nil, err
	}
	if user != "" {
		u.User = url.UserPassword(user, password)
	}
	return u, nil
}

// secret reads a small file named by a field.
func secret(field, path string) (string, error) {
	if path == "" {
		return "", nil
	}
	value, err := ReadSecret(path)
	if err != nil {
		return "", fmt.Errorf("%s: %w", field, err)
	}
	return value, nil
}

// maxSecret limits the size of a file that holds a key, a token or a password.
const maxSecret = 64 << 10

// ReadSecret reads a file that holds one secret and trims surrounding space. An
// empty file is an error.
func ReadSecret(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("read secret: %w", err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxSecret))
	if err != nil {
		return "", fmt.Errorf("read secret: %w", err)
	}
	value := strings.TrimSpace(string(raw))
	if value == "" {
		return "", fmt.Errorf("%s is empty", path)
	}
	return value, nil
}
