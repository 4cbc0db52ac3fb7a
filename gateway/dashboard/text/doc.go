// Package text turns what strangers write into what a page can show: names that cannot
// disturb what stands beside them, and messages with WhatsApp's formatting. It makes no
// HTML: escaping is the templates' work.
package text
