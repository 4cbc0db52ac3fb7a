package bind

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestForm(t *testing.T) {
	for form, want := range map[string]string{
		"":                               `{}`,
		"chatId=1%40c.us&text=a+b%2Bc\n": `{"chatId":"1@c.us","text":"a b+c"}`,
		"text=":                          `{"text":""}`,
		"poll[name]=Q&poll[options][]=A&poll[options][]=B": `{"poll":{"name":"Q","options":["A","B"]}}`,
		"mentions=1&mentions=2":                            `{"mentions":["1","2"]}`,
		"mentions[]=1":                                     `{"mentions":["1"]}`,
		"file%5Burl%5D=http%3A%2F%2Fx%2F&file[filename]=f": `{"file":{"filename":"f","url":"http://x/"}}`,
	} {
		got, err := Form([]byte(form))
		encoded, _ := json.Marshal(got)
		if err != nil || string(encoded) != want {
			t.Errorf("%s is %s, %v; want %s", form, encoded, err, want)
		}
	}
	for _, form := range []string{"a=%zz", "a=1&a[b]=2", "a[b]=2&a[b][c]=1", "a[b=1", "a=1;b=2", "a[b][c][d][e]=1", "x" + strings.Repeat("[a]", 1000) + "=1"} {
		if got, err := Form([]byte(form)); err == nil {
			t.Errorf("%.40s is %v", form, got)
		}
	}
}
