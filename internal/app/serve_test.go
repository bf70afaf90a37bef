package app_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"masjala/fhir"
	"masjala/internal/app"
	"masjala/internal/command"
	"masjala/internal/testutil"
)

// ask sends a request with a client of its own and returns the status.
func ask(t *testing.T, client *http.Client, method, url, token, body string) (int, error) {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/fhir+json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	io.Copy(io.Discard, res.Body)
	return res.StatusCode, nil
}

func client(t *testing.T, settings *tls.Config) *http.Client {
	t.Helper()
	transport := &http.Transport{TLSClientConfig: settings}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 10 * time.Second}
}

func create(t *testing.T, a *app.App, name, role string) string {
	t.Helper()
	result, err := a.Run(t.Context(), command.Call{Name: "token-create", Args: json.RawMessage(`{"name":"` + name + `","role":"` + role + `"}`)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var made app.NewToken
	if err := json.Unmarshal(result.Value, &made); err != nil {
		t.Fatal(err)
	}
	return made.Token
}

func TestRolesOverHTTP(t *testing.T) {
	testutil.Requirement(t, "MD-SEC-3", "NFR-9")
	a := open(t, settings(t))
	tokens := map[string]string{"nobody": "", "reader": create(t, a, "r", "reader"), "editor": create(t, a, "e", "editor"), "wrong": "masjala_x"}
	note, _ := serve(t, a)
	const location = `{"resourceType":"Location","name":"Amani"}`
	tests := map[string]struct {
		who, method, path, body string
		want                    int
	}{
		"health for nobody":     {"nobody", "GET", "/livez", "", 200},
		"readiness for nobody":  {"nobody", "GET", "/readyz", "", 200},
		"statement for nobody":  {"nobody", "GET", "/fhir/metadata", "", 200},
		"search for nobody":     {"nobody", "GET", "/fhir/Location", "", 401},
		"search, wrong token":   {"wrong", "GET", "/fhir/Location", "", 401},
		"search for a reader":   {"reader", "GET", "/fhir/Location", "", 200},
		"create for a reader":   {"reader", "POST", "/fhir/Location", location, 403},
		"create for an editor":  {"editor", "POST", "/fhir/Location", location, 201},
		"commands for nobody":   {"nobody", "POST", "/api/commands/token-list", "", 401},
		"commands for a reader": {"reader", "POST", "/api/commands/token-list", "", 403},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := ask(t, client(t, nil), tc.method, note.URL+tc.path, tokens[tc.who], tc.body)
			if err != nil || got != tc.want {
				t.Errorf("got %d, %v, want %d", got, err, tc.want)
			}
		})
	}
}

func TestActorIsTheNameOfTheToken(t *testing.T) {
	a := open(t, settings(t))
	token := create(t, a, "district-7", "editor")
	note, _ := serve(t, a)
	c := client(t, nil)
	if got, err := ask(t, c, "PUT", note.URL+"/fhir/Location/a", token, `{"resourceType":"Location","id":"a"}`); err != nil || got != 201 {
		t.Fatalf("got %d, %v, want 201", got, err)
	}
	doctor, err := a.Run(t.Context(), command.Call{Name: "doctor"}, nil)
	if err != nil || !bytes.Contains(doctor.Value, []byte("1 changes")) {
		t.Errorf("doctor says %s, %v, want the one change counted", doctor.Value, err)
	}
}

func TestServeOverTLS(t *testing.T) {
	testutil.Requirement(t, "SEC-7")
	folder := t.TempDir()
	ca := authority(t)
	server := ca.issue(t, folder, "server", x509.ExtKeyUsageServerAuth)
	person := ca.issue(t, folder, "client", x509.ExtKeyUsageClientAuth)
	c := settings(t)
	c.TLS.Cert, c.TLS.Key, c.TLS.ClientCA = server.cert, server.key, filepath.Join(folder, "ca.pem")
	if err := os.WriteFile(c.TLS.ClientCA, ca.pem, 0o600); err != nil {
		t.Fatal(err)
	}
	a := open(t, c)
	token := create(t, a, "r", "reader")
	note, _ := serve(t, a)
	if !strings.HasPrefix(note.Listen, "https://") || !strings.HasPrefix(note.URL, "http://127.0.0.1:") {
		t.Fatalf("announced %+v, want https for others and loopback for commands", note)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca.pem)
	pair, err := tls.LoadX509KeyPair(person.cert, person.key)
	if err != nil {
		t.Fatal(err)
	}
	with := client(t, &tls.Config{RootCAs: pool, Certificates: []tls.Certificate{pair}})
	if got, err := ask(t, with, "GET", note.Listen+"/fhir/Location", token, ""); err != nil || got != 200 {
		t.Errorf("with a certificate: got %d, %v, want 200", got, err)
	}
	if got, err := ask(t, client(t, &tls.Config{RootCAs: pool}), "GET", note.Listen+"/livez", "", ""); err == nil {
		t.Errorf("without a certificate: got %d, want that the connection is refused", got)
	}
	runner := &command.Client{URL: note.URL, Token: note.Token, HTTP: client(t, nil)}
	if _, err := runner.Run(t.Context(), command.Call{Name: "token-list"}, nil); err != nil {
		t.Errorf("a command on this machine: %v", err)
	}
}

func TestServeRefuses(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	c := settings(t)
	c.Listen = taken.Addr().String()
	if err := open(t, c).Serve(t.Context(), nil); fhir.KindOf(err) != fhir.Busy {
		t.Errorf("an address that is taken: got %v, want Busy", err)
	}
	c = settings(t)
	c.TLS.Cert, c.TLS.Key = "absent.pem", "absent.key"
	if err := open(t, c).Serve(t.Context(), nil); fhir.KindOf(err) != fhir.Invalid {
		t.Errorf("a certificate that is not there: got %v, want Invalid", err)
	}
}

// A server that is told to stop must let a request that runs come to its end.
func TestStopLetsRequestsEnd(t *testing.T) {
	a := open(t, settings(t))
	note, stop := serve(t, a)
	r, w := io.Pipe()
	req, err := http.NewRequest("POST", note.URL+"/api/commands/token-list", r)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	req.Header.Set("Authorization", "Bearer "+note.Token)
	answered := make(chan string, 1)
	c := client(t, nil)
	go func() {
		res, err := c.Do(req)
		if err != nil {
			answered <- err.Error()
			return
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		answered <- string(body)
	}()
	io.WriteString(w, "--x\r\nContent-Disposition: form-data; name=args\r\n\r\n{")
	go func() {
		time.Sleep(200 * time.Millisecond) // the server is stopping by now
		io.WriteString(w, "}\r\n--x--\r\n")
		w.Close()
	}()
	time.Sleep(50 * time.Millisecond)
	stop()
	if got := <-answered; !strings.Contains(got, `"tokens":[]`) {
		t.Errorf("got %s, want the result of the command", got)
	}
}

// issuer signs the certificates of a test.
type issuer struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  []byte
}

// files are where a certificate and its key lie.
type files struct{ cert, key string }

func authority(t *testing.T) issuer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return issuer{cert: cert, key: key, pem: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}
}

// issue writes a certificate for 127.0.0.1 and its key into a folder.
func (i issuer) issue(t *testing.T, folder, name string, use x509.ExtKeyUsage) files {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{use},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, i.cert, &key.PublicKey, i.key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	f := files{cert: filepath.Join(folder, name+".pem"), key: filepath.Join(folder, name+".key")}
	for path, block := range map[string]*pem.Block{f.cert: {Type: "CERTIFICATE", Bytes: der}, f.key: {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return f
}
