package config

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"masjala/fhir"
)

// Check fails with Invalid when settings do not fit together or a value can never work.
func (c *Config) Check() error {
	for _, check := range []func() error{c.checkListen, c.checkTLS, c.checkProxies, c.checkLimits, c.checkTerminology, c.checkLog, c.checkPolicies, c.checkKept, c.checkModules} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (c *Config) wrong(key, format string, args ...any) error {
	e := fhir.Errorf(fhir.Invalid, format, args...)
	e.Text += " (set by " + c.Origin(key) + ")"
	return e
}

func (c *Config) checkListen() error {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return c.wrong("listen", "listen %q is not an address with a port, such as 127.0.0.1:8080", c.Listen)
	}
	if c.Open && !Loopback(host) {
		return c.wrong("open", "open serves everybody without sign-in, so it needs a loopback address such as 127.0.0.1; listen is %q", c.Listen)
	}
	if c.BaseURL == "" {
		return nil
	}
	u, err := url.Parse(c.BaseURL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.RawQuery != "" {
		return c.wrong("base_url", "base_url %q is not an address such as https://registry.example.org/fhir", c.BaseURL)
	}
	return nil
}

// Loopback tells whether a host can be reached from this machine only.
func Loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

func (c *Config) checkTLS() error {
	switch {
	case (c.TLS.Cert == "") != (c.TLS.Key == ""):
		return c.wrong("tls.cert", "tls.cert and tls.key belong together; one of them is missing")
	case c.TLS.ClientCA != "" && c.TLS.Cert == "":
		return c.wrong("tls.client_ca", "tls.client_ca needs tls.cert and tls.key: client certificates exist only with TLS")
	}
	return nil
}

func (c *Config) checkProxies() error {
	for _, p := range c.Proxies {
		_, notAddr := netip.ParseAddr(p)
		_, notNet := netip.ParsePrefix(p)
		if notAddr != nil && notNet != nil {
			return c.wrong("trusted_proxies", "trusted_proxies: %q is neither an address nor a network such as 10.1.0.0/16", p)
		}
	}
	return nil
}

func (c *Config) checkLimits() error {
	l := c.Limits
	switch {
	case l.Page < 1 || l.MaxPage < l.Page:
		return c.wrong("limits.page", "limits.page must be at least 1 and limits.max_page no smaller; they are %d and %d", l.Page, l.MaxPage)
	case l.Body < 1024 || l.Bundle < l.Body || l.Upload < 1024:
		return c.wrong("limits.body", "limits.body and limits.upload must be at least 1KiB and limits.bundle no smaller than limits.body")
	case l.Request < time.Second:
		return c.wrong("limits.request", "limits.request must be at least 1s; it is %s", l.Request)
	case c.Imports.Space < 1<<20 || c.Imports.Age < time.Hour:
		return c.wrong("imports.space", "imports.space must be at least 1MiB and imports.age at least 1h; they are %s and %s", c.Imports.Space, c.Imports.Age)
	case c.Memory.Cache < 1<<20:
		return c.wrong("memory.cache", "memory.cache must be at least 1MiB; it is %s", c.Memory.Cache)
	case c.Memory.GC < 5:
		return c.wrong("memory.gc_percent", "memory.gc_percent must be at least 5; it is %d", c.Memory.GC)
	}
	return nil
}

func (c *Config) checkLog() error {
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, c.Log.Level) {
		return c.wrong("log.level", "log.level is debug, info, warn or error, not %q", c.Log.Level)
	}
	if c.Log.Format != "text" && c.Log.Format != "json" {
		return c.wrong("log.format", "log.format is text or json, not %q", c.Log.Format)
	}
	return nil
}

func (c *Config) checkTerminology() error {
	t := c.Terminology
	switch {
	case t.MaxExpansion < 1:
		return c.wrong("terminology.max_expansion", "terminology.max_expansion must be at least 1; it is %d", t.MaxExpansion)
	case t.MaxCompare < 1:
		return c.wrong("terminology.max_compare", "terminology.max_compare must be at least 1; it is %d", t.MaxCompare)
	case t.Heavy < 0:
		return c.wrong("terminology.heavy", "terminology.heavy cannot be negative; it is %d", t.Heavy)
	}
	return nil
}
