package fhirpkg

import (
	"context"
	"crypto/sha1"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"masjala/fhir"
)

// Limits on what is fetched.
const (
	maxPackages = 100       // of one import, with what they need
	maxArchive  = 512 << 20 // bytes of one archive
	maxMetadata = 32 << 20  // bytes of what a registry says of a package
	maxWait     = 10 * time.Minute
)

// Registry fetches packages by name and version from the package registries of the settings
// (https://registry.fhir.org/learn: the protocol of npm). Nothing else is called: an archive
// or a redirect on another host is refused.
type Registry struct {
	URLs   []string     // asked in this order
	Client *http.Client // nil: one of its own
}

var coordinates = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9._-]{0,100})[@#]([A-Za-z0-9][A-Za-z0-9.+_-]{0,60})$`)

// Named tells whether a text is the name and version of a package: hl7.fhir.us.core@5.0.1.
func Named(text string) bool { return coordinates.MatchString(text) }

// listing is what a registry says of a package.
type listing struct {
	Tags     map[string]string  `json:"dist-tags"`
	Versions map[string]release `json:"versions"`
}

type release struct {
	Dependencies map[string]string `json:"dependencies"`
	Dist         struct {
		Tarball   string `json:"tarball"`
		Shasum    string `json:"shasum"`
		Integrity string `json:"integrity"`
	} `json:"dist"`
}

// fetched is the state of one import.
type fetched struct {
	client http.Client
	from   []*url.URL // of the settings
	urls   []string
	dir    string
	done   map[string]bool
	paths  []string
}

// fetch brings a package and those that it needs into a folder, and returns their archives,
// what is needed first. It fails with NotFound when no registry has one, with Forbidden for an
// address on a host that is not in the settings, with Invalid for what is damaged, with
// TooLarge beyond the limits and with Busy when a registry does not answer.
func (r *Registry) fetch(ctx context.Context, dir, name string) ([]string, error) {
	part := coordinates.FindStringSubmatch(name)
	if part == nil {
		return nil, fhir.Errorf(fhir.Invalid, "%q is no package with a version, such as hl7.fhir.us.core@5.0.1", name)
	}
	if len(r.URLs) == 0 {
		return nil, fhir.Errorf(fhir.Forbidden, "no package registry may be asked; name one in terminology.package_registries")
	}
	f := &fetched{dir: dir, urls: r.URLs, done: map[string]bool{}}
	for _, u := range r.URLs {
		at, err := url.Parse(u)
		if err != nil || at.Host == "" {
			return nil, fhir.Errorf(fhir.Invalid, "%q in terminology.package_registries is no address", u)
		}
		f.from = append(f.from, at)
	}
	if f.client = (http.Client{Timeout: maxWait}); r.Client != nil {
		f.client = *r.Client
	}
	f.client.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		if len(via) > 5 {
			return errors.New("too many redirects")
		}
		return f.allowed(req.URL)
	}
	err := f.take(ctx, part[1], part[2])
	return f.paths, err
}

// allowed refuses addresses on other hosts, and those that anybody on the way can change where
// the settings name one that nobody can.
func (f *fetched) allowed(u *url.URL) error {
	plain := false
	for _, at := range f.from {
		if at.Host == u.Host && (u.Scheme == at.Scheme || u.Scheme == "https") {
			return nil
		}
		plain = plain || at.Host == u.Host && u.Scheme == "http"
	}
	if plain {
		return fhir.Errorf(fhir.Forbidden, "the registry %s sends from https to http, where what is fetched can be changed on the way; name http in terminology.package_registries if you trust the way", u.Host)
	}
	return fhir.Errorf(fhir.Forbidden, "the registry sends to %s, which is not in terminology.package_registries; add it there if you trust it", u.Host)
}

// take fetches one package after those that it needs.
func (f *fetched) take(ctx context.Context, name, version string) error {
	if f.done[name+"@"+version] {
		return nil
	}
	f.done[name+"@"+version] = true
	if len(f.done) > maxPackages {
		return fhir.Errorf(fhir.TooLarge, "the package needs more than %d others", maxPackages)
	}
	found, exact, err := f.look(ctx, name, version)
	if err != nil {
		return err
	}
	if f.done[name+"@"+exact] && exact != version {
		return nil
	}
	f.done[name+"@"+exact] = true
	needs := make([]string, 0, len(found.Dependencies))
	for n := range found.Dependencies {
		needs = append(needs, n)
	}
	slices.Sort(needs)
	for _, n := range needs {
		if !Named(n + "@" + found.Dependencies[n]) {
			return fhir.Errorf(fhir.Invalid, "%s@%s needs %q in version %q, which no registry can tell", name, exact, n, found.Dependencies[n])
		}
		if err := f.take(ctx, n, found.Dependencies[n]); err != nil {
			return err
		}
	}
	path := filepath.Join(f.dir, fmt.Sprintf("%03d.tgz", len(f.paths)))
	if err := f.archive(ctx, name+"@"+exact, found, path); err != nil {
		return err
	}
	f.paths = append(f.paths, path)
	return nil
}

// look asks the registries for a version: exactly that one, the newest of 5.0.x, or latest.
func (f *fetched) look(ctx context.Context, name, version string) (*release, string, error) {
	for _, u := range f.urls {
		var l listing
		err := f.get(ctx, strings.TrimRight(u, "/")+"/"+url.PathEscape(name), maxMetadata, func(body io.Reader) error { return json.NewDecoder(body).Decode(&l) })
		switch {
		case fhir.KindOf(err) == fhir.NotFound:
			continue
		case err != nil:
			return nil, "", err
		}
		if exact := l.choose(version); exact != "" {
			r := l.Versions[exact]
			return &r, exact, nil
		}
	}
	return nil, "", fhir.Errorf(fhir.NotFound, "no package registry of the settings has %s@%s", name, version)
}

// choose tells which version is meant; empty if there is none.
func (l *listing) choose(version string) string {
	if v := l.Tags[version]; v != "" {
		version = v
	}
	if _, ok := l.Versions[version]; ok {
		return version
	}
	base, ok := strings.CutSuffix(strings.ToLower(version), ".x")
	best := ""
	for v := range l.Versions {
		if ok && strings.HasPrefix(v, base+".") && !strings.Contains(v, "-") && (best == "" || newer(v, best)) {
			best = v
		}
	}
	return best
}

// newer compares versions of numbers, part by part.
func newer(a, b string) bool {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(x), len(y)) {
		if len(x[i]) != len(y[i]) {
			return len(x[i]) > len(y[i])
		}
		if x[i] != y[i] {
			return x[i] > y[i]
		}
	}
	return len(x) > len(y)
}

// archive fetches an archive to a file and holds it to the checksum that the registry gives.
func (f *fetched) archive(ctx context.Context, name string, r *release, path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("keep package %s: %w", name, err)
	}
	sums := map[string]hash.Hash{"sha1": sha1.New(), "sha512": sha512.New()}
	err = f.get(ctx, r.Dist.Tarball, maxArchive, func(body io.Reader) error {
		n, err := io.Copy(disk{io.MultiWriter(file, sums["sha1"], sums["sha512"])}, body)
		if err == nil && n > maxArchive {
			return fhir.Errorf(fhir.TooLarge, "the archive of %s is larger than %d MB", name, maxArchive>>20)
		}
		return err
	})
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	is512 := strings.HasPrefix(r.Dist.Integrity, "sha512-")
	if is512 && r.Dist.Integrity != "sha512-"+base64.StdEncoding.EncodeToString(sums["sha512"].Sum(nil)) ||
		!is512 && r.Dist.Shasum != "" && !strings.EqualFold(r.Dist.Shasum, hex.EncodeToString(sums["sha1"].Sum(nil))) {
		return fhir.Errorf(fhir.Invalid, "the archive of %s does not have the checksum that its registry gives; try again later", name)
	}
	return nil
}

// get hands the answer of an address to fn, one byte more than the limit at most.
func (f *fetched) get(ctx context.Context, address string, limit int64, fn func(io.Reader) error) error {
	u, err := url.Parse(address)
	if err != nil {
		return fhir.Errorf(fhir.Invalid, "the registry gives %q, which is no address", address)
	}
	if err := f.allowed(u); err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return fmt.Errorf("ask %s: %w", u.Host, err)
	}
	res, err := f.client.Do(req)
	if refused := (*fhir.Error)(nil); errors.As(err, &refused) {
		return refused
	}
	if err != nil {
		return fhir.Errorf(fhir.Busy, "the package registry %s does not answer; try again later", u.Host).Because(err)
	}
	defer res.Body.Close()
	switch {
	case res.StatusCode == http.StatusNotFound:
		return fhir.Errorf(fhir.NotFound, "%s does not have %s", u.Host, u.Path)
	case res.StatusCode != http.StatusOK:
		return fhir.Errorf(fhir.Busy, "the package registry %s answers %d; try again later", u.Host, res.StatusCode)
	}
	err = fn(io.LimitReader(res.Body, limit+1))
	if own := (*diskError)(nil); err == nil || fhir.KindOf(err) != fhir.Internal || errors.As(err, &own) {
		return err
	}
	return fhir.Errorf(fhir.Invalid, "what %s sent is damaged or cut off; try again later", u.Host).Because(err)
}
