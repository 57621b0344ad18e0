package discover

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// decoded is the text of a file: UTF-8, with or without a mark at its beginning, or
// UTF-16 with one, as editors on Windows write it.
func decoded(data []byte) (string, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		data = data[3:]
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return wide(data[2:], binary.LittleEndian)
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return wide(data[2:], binary.BigEndian)
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return "", errNoText
	}
	// A stray byte of an old encoding stands in a comment or a name, and harms nothing
	// else.
	if !utf8.Valid(data) {
		return strings.ToValidUTF8(string(data), "?"), nil
	}
	return string(data), nil
}

// errNoText is the error of a file that holds no text.
var errNoText = errors.New("it holds no text")

// wide is a text in UTF-16.
func wide(data []byte, order binary.ByteOrder) (string, error) {
	if len(data)%2 != 0 {
		return "", errNoText
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return string(utf16.Decode(units)), nil
}
