package config

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Setting is one value that the file, the environment or a flag can set.
type Setting struct {
	Key     string // "tls.client_ca"
	Doc     string
	Default string // as Set reads it

	value reflect.Value
}

// Settings lists the settings of c in the order of the fields, without the sync sources and the exports.
func Settings(c *Config) []Setting {
	return settings("", reflect.ValueOf(c).Elem())
}

func settings(prefix string, v reflect.Value) []Setting {
	var all []Setting
	for i := range v.NumField() {
		field := v.Type().Field(i)
		key, tagged := field.Tag.Lookup("key")
		switch {
		case !tagged || field.Type == reflect.TypeFor[[]Source]() || field.Type == reflect.TypeFor[[]Export]():
		case field.Type.Kind() == reflect.Struct:
			all = append(all, settings(prefix+key+".", v.Field(i))...)
		default:
			s := Setting{Key: prefix + key, Doc: field.Tag.Get("doc"), value: v.Field(i)}
			s.Default = s.String()
			all = append(all, s)
		}
	}
	return all
}

// Env is the name of the environment variable: MASJALA_TLS_CLIENT_CA.
func (s Setting) Env() string {
	return "MASJALA_" + strings.ToUpper(strings.ReplaceAll(s.Key, ".", "_"))
}

// Flag is the name of the flag, without dashes before it: tls-client-ca.
func (s Setting) Flag() string {
	return strings.ToLower(strings.NewReplacer(".", "-", "_", "-").Replace(s.Key))
}

// IsBool tells whether the setting is a yes or no, so that its flag needs no value.
func (s Setting) IsBool() bool { return s.value.Kind() == reflect.Bool }

// String is the present value, as Set reads it; lists are separated by commas.
func (s Setting) String() string {
	if list, ok := s.value.Interface().([]string); ok {
		return strings.Join(list, ",")
	}
	return fmt.Sprint(s.value.Interface())
}

// Set reads a value. It fails with a sentence that says what the setting takes.
func (s Setting) Set(text string) error {
	switch s.value.Interface().(type) {
	case string:
		s.value.SetString(text)
	case []string:
		s.value.Set(reflect.ValueOf(split(text)))
	case bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("%q is neither true nor false", text)
		}
		s.value.SetBool(b)
	case int:
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			return fmt.Errorf("%q is not a whole number", text)
		}
		s.value.SetInt(n)
	case time.Duration:
		d, err := time.ParseDuration(text)
		if err != nil || d < 0 {
			return fmt.Errorf("%q is not a span of time; write it as 30s, 5m or 2h", text)
		}
		s.value.SetInt(int64(d))
	case Size:
		size, err := parseSize(text)
		if err != nil {
			return err
		}
		s.value.SetInt(int64(size))
	}
	return nil
}

func split(text string) []string {
	var list []string
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}
