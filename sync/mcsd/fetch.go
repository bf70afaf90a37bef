package mcsd

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tidwall/gjson"
)

const (
	maxBody    = 64 << 20 // bytes of one page, unpacked
	maxRun     = 32 << 30 // bytes of one run, over the line
	maxRetries = 5        // attempts at one page
	maxWait    = 2 * time.Minute
	firstWait  = 500 * time.Millisecond
)

// failure is a request that did not bring what it should.
type failure struct {
	text   string
	status int           // of the reply; 0 when none came
	again  bool          // may go better another time
	wait   time.Duration // the server asks to wait so long
	err    error
}

func (f *failure) Error() string {
	if f.err == nil {
		return f.text
	}
	return f.text + ": " + f.err.Error()
}

func (f *failure) Unwrap() error { return f.err }

// hopeless tells whether err will meet every request to this upstream, not only those for one type.
func hopeless(err error) bool {
	switch statusOf(err) {
	case 0, http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// statusOf is the HTTP status in err's chain, 0 if there is none.
func statusOf(err error) int {
	if f, ok := errors.AsType[*failure](err); ok {
		return f.status
	}
	return 0
}

// wire sends the requests of one run to one upstream, and to no other host.
type wire struct {
	c     *Client
	http  *http.Client
	base  *url.URL
	token string
	limit time.Duration
	close func() // ends the connections that only this run uses

	requests, bytes atomic.Int64
}

// dial prepares the wire to a source. It fails when a token or certificate file cannot be read.
func (c *Client) dial(src Source) (*wire, error) {
	base, err := url.Parse(src.URL)
	if err != nil {
		return nil, fmt.Errorf("read the address of source %s: %w", src.Name, err)
	}
	w := &wire{c: c, base: base, token: src.Token, limit: src.Timeout, close: func() {}}
	if src.TokenFile != "" {
		data, err := os.ReadFile(src.TokenFile)
		if err != nil {
			return nil, fmt.Errorf("read the token of source %s: %w", src.Name, err)
		}
		w.token = strings.TrimSpace(string(data))
	}
	client := *c.o.HTTP
	client.Jar = nil
	client.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		if !w.mine(req.URL) {
			return &failure{text: fmt.Sprintf("the upstream redirects to another server (%s); set the source's url to the right address", origin(req.URL))}
		}
		if len(via) >= 5 {
			return &failure{text: "the upstream redirects in a circle"}
		}
		return nil
	}
	if src.CAFile != "" {
		own, err := trusting(client.Transport, src)
		if err != nil {
			return nil, err
		}
		client.Transport, w.close = own, own.CloseIdleConnections
	}
	w.http = &client
	return w, nil
}

// trusting returns a transport like rt that believes the authorities of the source's CAFile.
func trusting(rt http.RoundTripper, src Source) (*http.Transport, error) {
	pem, err := os.ReadFile(src.CAFile)
	if err != nil {
		return nil, fmt.Errorf("read the certificates of source %s: %w", src.Name, err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("read the certificates of source %s: %s holds none in PEM form", src.Name, src.CAFile)
	}
	t := &http.Transport{Proxy: http.ProxyFromEnvironment, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true}
	if given, ok := rt.(*http.Transport); ok {
		t = given.Clone()
	}
	t.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	return t, nil
}

// origin is the scheme, host and port of an address.
func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }

// mine tells whether an address lies on the upstream.
func (w *wire) mine(u *url.URL) bool {
	return strings.EqualFold(u.Scheme, w.base.Scheme) && strings.EqualFold(host(u), host(w.base))
}

// host is the host and port of an address.
func host(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[strings.ToLower(u.Scheme)]
	}
	return u.Hostname() + ":" + port
}

// get fetches an address and hands the body to read. It repeats what may go better another
// time, a body that read refuses included, and waits as long as the server asks.
func (w *wire) get(ctx context.Context, target string, read func([]byte) error) error {
	for try := 1; ; try++ {
		body, err := w.once(ctx, target)
		if err == nil {
			err = read(body)
		}
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		f, ok := errors.AsType[*failure](err)
		if !ok || !f.again || try >= maxRetries || f.wait > maxWait {
			return err
		}
		if err := w.c.o.Sleep(ctx, max(f.wait, w.c.backoff(try))); err != nil {
			return err
		}
	}
}

// backoff is how long to wait after an attempt: twice as long each time, give or take a half.
func (c *Client) backoff(try int) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	full := firstWait << (try - 1)
	return full/2 + time.Duration(c.o.Rand.Int64N(int64(full)))
}

// once makes one request and returns the body of a good JSON reply.
func (w *wire) once(ctx context.Context, target string) ([]byte, error) {
	u, err := url.Parse(target)
	if err != nil || !w.mine(u) {
		return nil, &failure{status: http.StatusOK, text: "the upstream links to another server (" + clip(target) + "); only its own address is asked", err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, w.limit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return nil, &failure{text: "the address of the upstream cannot be asked", err: err}
	}
	req.Header.Set("Accept", "application/fhir+json, application/json;q=0.9")
	req.Header.Set("Accept-Encoding", "gzip")
	req.Header.Set("User-Agent", "masjala-mcsd-update-client")
	if w.token != "" {
		req.Header.Set("Authorization", "Bearer "+w.token)
	}
	w.requests.Add(1)
	resp, err := w.http.Do(req)
	if err != nil {
		return nil, w.broken("the upstream cannot be reached", err)
	}
	defer resp.Body.Close()
	body, err := w.body(resp)
	if resp.StatusCode != http.StatusOK {
		return nil, w.refused(resp, body)
	}
	if err != nil {
		return nil, err
	}
	if kind := resp.Header.Get("Content-Type"); len(bytes.TrimSpace(body)) == 0 || bytes.TrimSpace(body)[0] != '{' {
		return nil, &failure{status: 200, again: !strings.Contains(kind, "html"),
			text: fmt.Sprintf("the upstream answered with %q instead of FHIR JSON; is its address the FHIR base?", clip(kind))}
	}
	return body, nil
}

// broken classes an error of the transport. Redirects that were refused stay as they are.
func (w *wire) broken(text string, err error) error {
	if f, ok := errors.AsType[*failure](err); ok {
		return f
	}
	if ue, ok := errors.AsType[*url.Error](err); ok {
		err = ue.Err // without the address, which may be long
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return &failure{text: fmt.Sprintf("the upstream did not answer within %s", w.limit), again: true, err: err}
	}
	_, cert := errors.AsType[*tls.CertificateVerificationError](err)
	return &failure{text: text, again: !cert, err: err}
}

// body reads a reply, unpacked, within bounds.
func (w *wire) body(resp *http.Response) ([]byte, error) {
	counted := &counter{r: resp.Body, n: &w.bytes}
	var r io.Reader = counted
	if strings.EqualFold(resp.Header.Get("Content-Encoding"), "gzip") {
		z, err := gzip.NewReader(counted)
		if err != nil {
			return nil, w.broken("the upstream's reply broke off", err)
		}
		defer z.Close()
		r = z
	}
	body, err := io.ReadAll(io.LimitReader(r, maxBody+1))
	switch {
	case err != nil:
		return nil, w.broken("the upstream's reply broke off", err)
	case len(body) > maxBody:
		return nil, &failure{status: resp.StatusCode, text: fmt.Sprintf("a page of the upstream is larger than %d MB; ask for smaller pages", maxBody>>20)}
	case w.bytes.Load() > maxRun:
		return nil, &failure{text: fmt.Sprintf("the upstream sent more than %d GB in one run", maxRun>>30)}
	}
	return body, nil
}

// refused makes the error of a reply that is not 200.
func (w *wire) refused(resp *http.Response, body []byte) error {
	f := &failure{status: resp.StatusCode, text: fmt.Sprintf("the upstream answered %d %s", resp.StatusCode, http.StatusText(resp.StatusCode))}
	if why := diagnosis(body); why != "" {
		f.text += ": " + why
	}
	switch resp.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout, http.StatusInternalServerError, http.StatusRequestTimeout:
		f.again = true
		f.wait = retryAfter(resp.Header.Get("Retry-After"), w.c.o.Now())
	case http.StatusUnauthorized, http.StatusForbidden:
		f.text += " (check the source's token)"
	}
	return f
}

// diagnosis is what an OperationOutcome says, if the body is one.
func diagnosis(body []byte) string {
	if !gjson.ValidBytes(body) {
		return ""
	}
	issue := gjson.GetBytes(body, "issue.0")
	for _, path := range []string{"details.text", "diagnostics"} {
		if s := issue.Get(path).Str; s != "" {
			return clip(s)
		}
	}
	return ""
}

// clip shortens a foreign text for a report and takes out what is not print.
func clip(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
	if len(s) > 200 {
		s = strings.ToValidUTF8(s[:200], "") + "…"
	}
	return s
}

// retryAfter reads the header of that name: seconds, or a date.
func retryAfter(v string, now time.Time) time.Duration {
	if n, err := strconv.Atoi(v); err == nil && n > 0 && n < 1<<30 {
		return time.Duration(n) * time.Second
	}
	if t, err := http.ParseTime(v); err == nil {
		return max(0, t.Sub(now))
	}
	return 0
}

// counter counts what is read through it.
type counter struct {
	r io.Reader
	n *atomic.Int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}
