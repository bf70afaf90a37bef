package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"masjala/api"
	"masjala/fhir"
	"masjala/internal/accesslog"
	"masjala/internal/auth"
	"masjala/internal/config"
)

// Serve answers requests until ctx ends, then stops in order: it takes no new requests,
// lets the running ones and the jobs end, and withdraws server.json. Ready, if not nil, is
// told once where the server is. It fails when an address cannot be listened on.
func (a *App) Serve(ctx context.Context, ready func(Announcement)) (err error) {
	local := a.Tokens.Issue(auth.Principal{Name: LocalActor, Role: auth.Admin})
	access, err := a.accessLog()
	if err != nil {
		return err
	}
	if access != nil {
		defer func() { err = errors.Join(err, access.Close()) }()
	}
	server, err := a.server(access)
	if err != nil {
		return err
	}
	listeners, err := a.listen()
	if err != nil {
		return err
	}
	note := Announcement{
		URL: address(listeners.local, false), Token: local, Listen: address(listeners.main, a.Config.TLS.Cert != ""),
		PID: os.Getpid(), Version: a.version, Started: a.now().UTC().Truncate(time.Second),
	}
	failed := make(chan error, len(listeners.all()))
	for _, ln := range listeners.all() {
		go func() { failed <- server.Listen(ln) }()
	}
	if err := announce(a.Config.Data, note); err != nil {
		return errors.Join(err, a.stop(server))
	}
	if err := a.startWork(context.WithoutCancel(ctx)); err != nil {
		return errors.Join(err, a.stop(server))
	}
	defer a.saveCache()
	defer a.warm(ctx)()
	server.Ready(true)
	if ready != nil {
		ready(note)
	}
	running := len(listeners.all())
	select {
	case <-ctx.Done():
	case err = <-failed:
		running--
	}
	err = errors.Join(err, a.stop(server))
	listeners.close() // else one that was stopped before it began goes on for ever
	for range running {
		err = errors.Join(err, <-failed)
	}
	return err
}

// readHierarchies reads what lies where into memory, so that nobody who asks waits for it.
func (a *App) readHierarchies(ctx context.Context) {
	start := a.now()
	if err := a.hierarchies.Load(ctx); err != nil {
		if ctx.Err() == nil {
			a.log.Warn("hierarchies were not read; the first question will do it", "err", err)
		}
		return
	}
	a.log.Debug("hierarchies were read", "ms", a.now().Sub(start).Milliseconds())
}

// loadCache takes into memory what the server before this one had there when it ended.
func (a *App) loadCache(ctx context.Context) {
	start := a.now()
	if err := a.store.LoadCache(ctx); err != nil {
		a.log.Warn("the cache begins empty", "err", err)
		return
	}
	a.log.Debug("the cache was filled", "ms", a.now().Sub(start).Milliseconds())
}

// fillCache takes into memory what else there is room for.
func (a *App) fillCache(ctx context.Context) {
	if err := a.store.FillCache(ctx); err != nil {
		a.log.Warn("what is asked for the first time is read from the database", "err", err)
	}
}

// saveCache keeps what is in memory for the next server.
func (a *App) saveCache() {
	ctx, cancel := context.WithTimeout(context.Background(), a.Config.Limits.Stop)
	defer cancel()
	if err := a.store.SaveCache(ctx); err != nil {
		a.log.Warn("the next server begins with an empty cache", "err", err)
	}
}

// warmMost is how long after it began to open its data a server that starts may wait for what it takes into
// memory. On a machine that is busy opening alone may take that long: then it does not wait, and goes on beside requests.
const warmMost = 2 * time.Second

// patience is how much of warmMost is left.
func (a *App) patience() time.Duration { return min(warmMost, warmMost-a.now().Sub(a.opened)) }

// warm takes into memory what is asked for all the time, and begins what goes on beside the server. It returns
// when the former is done, or after patience; the function returned ends and awaits what is left.
func (a *App) warm(ctx context.Context) (stop func()) {
	var done sync.WaitGroup
	done.Add(2)
	stop = a.background(ctx, a.indexer.Run,
		func(ctx context.Context) {
			a.loadCache(ctx)
			done.Done()
			a.fillCache(ctx)
		},
		func(ctx context.Context) { defer done.Done(); a.readHierarchies(ctx) })
	warm := make(chan struct{})
	go func() { done.Wait(); close(warm) }()
	select {
	case <-warm:
	case <-ctx.Done():
	case <-time.After(a.patience()):
	}
	return stop
}

// background runs jobs beside the server; the returned function ends them and waits.
func (a *App) background(ctx context.Context, work ...func(context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	for _, job := range work {
		running.Go(func() { job(ctx) })
	}
	return func() {
		cancel()
		running.Wait()
	}
}

// stop ends the jobs and the server. Requests that take longer than allowed are cut off.
func (a *App) stop(server *api.Server) error {
	server.Ready(false)
	a.log.Info("stopping")
	ctx, cancel := context.WithTimeout(context.Background(), a.Config.Limits.Stop)
	defer cancel()
	err := server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		a.log.Warn("requests were cut off, because they took too long to end", "limit", a.Config.Limits.Stop)
		err = nil
	}
	a.jobs.Stop()
	err = errors.Join(err, a.desk.Close())
	return errors.Join(err, withdraw(a.Config.Data))
}

// accessLog opens the log of requests, nil when there is to be none.
func (a *App) accessLog() (*accesslog.Log, error) {
	path := a.Config.Log.Requests
	if path == "" {
		return nil, nil
	}
	return accesslog.Open(path, func(err error) { a.log.Error("lines of the log of requests are lost", "err", err) })
}

// server makes the HTTP interface; access may be nil.
func (a *App) server(access *accesslog.Log) (*api.Server, error) {
	c := a.Config
	if err := os.RemoveAll(a.scratch()); err != nil {
		return nil, fmt.Errorf("empty the scratch folder: %w", err)
	}
	if err := os.MkdirAll(a.scratch(), 0o700); err != nil {
		return nil, fmt.Errorf("make the scratch folder: %w", err)
	}
	known := authenticator{a.Tokens}
	o := api.Options{
		Store: a.store, Registries: a.registries, Operations: a.operations,
		ValueSets: valueSets{a.terminology}, Areas: a.areas, Reconcile: a.matchers(), TerminologyCapabilities: a.terminology.Capabilities,
		Log: a.log, Metrics: a.metrics, Now: a.now, Version: a.version, BaseURL: c.BaseURL,
		CheckReferences: c.References == "check", IHEStrict: c.IHEStrict, Types: a.served(), Keep: c.Kept(),
		Limits: api.Limits{
			Body: int64(c.Limits.Body), Large: int64(c.Limits.Bundle), Deadline: c.Limits.Request,
			Page: c.Limits.Page, MaxPage: c.Limits.MaxPage,
		},
	}
	if !a.serves("terminology") {
		o.TerminologyCapabilities = nil
	}
	for _, p := range c.Proxies {
		network, err := proxy(p)
		if err != nil {
			return nil, err
		}
		o.TrustedProxies = append(o.TrustedProxies, network)
	}
	if !c.Open {
		o.Authenticate = known
	}
	if access != nil {
		o.Access = access
	}
	server := api.New(o)
	server.Administer(api.Admin{Commands: commands{a}, Authenticate: known, Scratch: a.scratch(), Upload: int64(c.Limits.Upload), Imports: a.desk})
	return server, nil
}

// proxy reads an address or a network.
func proxy(text string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	network, err := netip.ParsePrefix(text)
	if err != nil {
		return network, fhir.Errorf(fhir.Invalid, "trusted_proxies: %q is neither an address nor a network", text).Because(err)
	}
	return network.Masked(), nil
}

// listeners are where a server takes connections: the address that was configured, and
// one that commands on this machine reach without certificates. They may be the same.
type listeners struct{ main, local net.Listener }

func (l listeners) all() []net.Listener {
	if l.main == l.local {
		return []net.Listener{l.main}
	}
	return []net.Listener{l.main, l.local}
}

// close ends those that are open.
func (l listeners) close() {
	for _, ln := range l.all() {
		_ = ln.Close() // a server that was stopped has closed it
	}
}

func (a *App) listen() (listeners, error) {
	c := a.Config
	main, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return listeners{}, fhir.Errorf(fhir.Busy, "cannot listen on %s: %v; is another server running there?", c.Listen, reason(err)).Because(err)
	}
	host, _, _ := net.SplitHostPort(c.Listen)
	if c.TLS.Cert == "" && config.Loopback(host) {
		return listeners{main: main, local: main}, nil
	}
	local, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return listeners{}, errors.Join(fmt.Errorf("listen for commands: %w", err), main.Close())
	}
	if c.TLS.Cert == "" {
		return listeners{main: main, local: local}, nil
	}
	settings, err := encryption(c.TLS)
	if err != nil {
		return listeners{}, errors.Join(err, main.Close(), local.Close())
	}
	return listeners{main: tls.NewListener(main, settings), local: local}, nil
}

// reason is the innermost part of a network error, without addresses.
func reason(err error) error {
	if e := (*net.OpError)(nil); errors.As(err, &e) {
		return e.Err
	}
	return err
}

// encryption reads the certificates.
func encryption(c config.TLS) (*tls.Config, error) {
	pair, err := tls.LoadX509KeyPair(c.Cert, c.Key)
	if err != nil {
		return nil, fhir.Errorf(fhir.Invalid, "the certificate %s with the key %s cannot be used: %v", c.Cert, c.Key, err).Because(err)
	}
	settings := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	if c.ClientCA == "" {
		return settings, nil
	}
	pem, err := os.ReadFile(c.ClientCA)
	if err != nil {
		return nil, fhir.Errorf(fhir.Invalid, "the authorities for client certificates cannot be read: %v", err).Because(err)
	}
	settings.ClientCAs = x509.NewCertPool()
	if !settings.ClientCAs.AppendCertsFromPEM(pem) {
		return nil, fhir.Errorf(fhir.Invalid, "%s holds no certificate in PEM", c.ClientCA)
	}
	settings.ClientAuth = tls.RequireAndVerifyClientCert
	return settings, nil
}

// address is the URL of a listener.
func address(ln net.Listener, encrypted bool) string {
	scheme := "http://"
	if encrypted {
		scheme = "https://"
	}
	return scheme + ln.Addr().String()
}
