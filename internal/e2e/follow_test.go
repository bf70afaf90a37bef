package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"masjala/internal/testutil"
	"masjala/sync/mcsd"
)

// address returns a free address of this machine, for a server that is started again there.
func address(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// follower makes the data directory of a server that follows a base address.
func follower(t *testing.T, base string) string {
	t.Helper()
	dir := t.TempDir()
	settings := "sync:\n  sources:\n    - name: nation\n      url: " + base + "\n      page_size: 200\n"
	if err := os.WriteFile(filepath.Join(dir, "masjala.yaml"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// transaction sends entries in one transaction.
func (s *server) transaction(t *testing.T, entries []string) {
	t.Helper()
	bundle := `{"resourceType":"Bundle","type":"transaction","entry":[` + strings.Join(entries, ",") + `]}`
	resp, err := http.Post(s.base, "application/fhir+json", strings.NewReader(bundle))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("transaction = %d %.2000s %v", resp.StatusCode, body, err)
	}
}

// entry is a PUT of a resource in a transaction.
func entry(typ, id, rest string) string {
	return fmt.Sprintf(`{"fullUrl":"%[1]s/%[2]s","resource":{"resourceType":"%[1]s","id":"%[2]s",%[3]s},"request":{"method":"PUT","url":"%[1]s/%[2]s"}}`, typ, id, rest)
}

// facility is a Location of the directory that directory makes.
func facility(i int, name string) string {
	return entry("Location", fmt.Sprintf("f%d", i), fmt.Sprintf(
		`"status":"active","name":"%s","mode":"instance","type":[{"coding":[{"system":"https://example.org/level","code":"L%d"}]}],"position":{"longitude":%d.25,"latitude":-1.5},"partOf":{"reference":"Location/area%d"},"managingOrganization":{"reference":"Organization/o%d"}`,
		name, i%6, 30+i%9, i%40, i))
}

// directory fills a server with areas, n facilities with their organizations, and workers
// with their posts, in transactions of a few hundred resources.
func (s *server) directory(t *testing.T, n int) {
	t.Helper()
	var batch []string
	add := func(e ...string) {
		if batch = append(batch, e...); len(batch) >= 600 {
			s.transaction(t, batch)
			batch = nil
		}
	}
	for i := range 40 {
		part := ""
		if i > 0 {
			part = fmt.Sprintf(`,"partOf":{"reference":"Location/area%d"}`, i/6)
		}
		add(entry("Location", fmt.Sprintf("area%d", i), fmt.Sprintf(`"status":"active","name":"Area %d","mode":"instance"%s`, i, part)))
	}
	for i := range n {
		add(entry("Organization", fmt.Sprintf("o%d", i), fmt.Sprintf(`"active":true,"name":"Facility %d"`, i)), facility(i, fmt.Sprintf("Facility %d", i)))
		if i%4 == 0 {
			add(entry("Practitioner", fmt.Sprintf("p%d", i), fmt.Sprintf(`"active":true,"name":[{"family":"Family %d","given":["Given"]}]`, i)),
				entry("PractitionerRole", fmt.Sprintf("r%d", i), fmt.Sprintf(`"active":true,"practitioner":{"reference":"Practitioner/p%d"},"organization":{"reference":"Organization/o%d"},"location":[{"reference":"Location/f%d"}],"code":[{"text":"Nurse"}]`, i, i, i)))
		}
	}
	s.transaction(t, batch)
}

// syncRun runs masjala sync run on a data directory; with an error when it did not end well.
func syncRun(t *testing.T, data string) (*mcsd.Report, error) {
	t.Helper()
	r, _, err := syncMeasured(t, data)
	return r, err
}

// syncMeasured is syncRun, with the most memory that the process had resident, in bytes.
func syncMeasured(t *testing.T, data string) (*mcsd.Report, int64, error) {
	t.Helper()
	var out, log bytes.Buffer
	cmd := exec.CommandContext(t.Context(), binary, "sync", "run", "nation", "--data", data, "--json")
	cmd.Stdout, cmd.Stderr = &out, &log
	if err := cmd.Run(); err != nil {
		return nil, 0, fmt.Errorf("%w: %s%s", err, out.Bytes(), log.Bytes())
	}
	r := &mcsd.Report{}
	if err := json.Unmarshal(out.Bytes(), r); err != nil {
		return nil, 0, err
	}
	peak := int64(0)
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		peak = usage.Maxrss << 10 // kilobytes, on Linux
	}
	return r, peak, nil
}

// same fails the test unless the independent comparer finds the same on two servers.
func same(t *testing.T, a, b *server) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), comparer, "-reads", "25", a.base, b.base).CombinedOutput()
	if err != nil {
		t.Fatalf("the servers are not the same: %v\n%s", err, out)
	}
	t.Logf("compared: %s", bytes.Join(bytes.Fields(out), []byte(" ")))
}

func TestADistrictServerFollowsTheNation(t *testing.T) {
	testutil.Requirement(t, "SYN-1", "SYN-2", "MD-91-10", "MD-91-13", "MD-91-16", "HWRF-1", "HWRF-3", "CSD-W1", "CSD-W3", "MD-DEP-1")
	const n = 2000
	a := start(t, t.TempDir())
	a.directory(t, n)
	data := follower(t, a.base)
	first, err := syncRun(t, data)
	if err != nil {
		t.Fatal(err)
	}
	if sum := first.Total(); sum.Created != n*2+n/2+40 || sum.Held+sum.Refused != 0 {
		t.Errorf("the first run = %+v", sum)
	}
	t.Logf("first run: %d resources in %v, %d bytes", first.Total().Created, first.Ended.Sub(first.Started), first.Bytes)

	changeSome(t, a, n)
	second, err := syncRun(t, data)
	if err != nil {
		t.Fatal(err)
	}
	sum := second.Total()
	if sum.Updated != 900 || sum.Created != 100 || sum.Deleted != 50 {
		t.Errorf("the second run = %+v, want 1,000 changes and 50 deletions", sum)
	}
	if sum.Received != 1050 {
		t.Errorf("%d entries were transferred, want the 1,050 changes alone", sum.Received)
	}
	b := start(t, data)
	same(t, a, b)
	source := get(t, b.base+"/Location/f5").Get("meta.source").String()
	if source != a.base {
		t.Errorf("meta.source = %q, want %q", source, a.base)
	}
	if total := get(t, b.base+"/Location/f20/_history").Get("total").Int(); total != 2 {
		t.Errorf("f20 has %d versions here, want 2", total)
	}
	third := masjala(t, "sync", "run", "nation", "--data", data, "--json") // through the running server
	var r mcsd.Report
	if err := json.Unmarshal(third, &r); err != nil {
		t.Fatal(err)
	}
	if sum := r.Total(); sum.Created+sum.Updated+sum.Deleted != 0 || r.Error != "" {
		t.Errorf("a run without changes = %+v", sum)
	}
}

// changeSome makes 900 updates, 100 creates and 50 deletions.
func changeSome(t *testing.T, a *server, n int) {
	t.Helper()
	var batch []string
	for i := range 900 {
		batch = append(batch, facility(i*2, fmt.Sprintf("Facility %d, renamed", i*2)))
	}
	for i := range 100 {
		batch = append(batch, entry("Organization", fmt.Sprintf("new%d", i), `"active":true,"name":"New"`))
	}
	a.transaction(t, batch)
	batch = nil
	for i := range 50 {
		batch = append(batch, fmt.Sprintf(`{"request":{"method":"DELETE","url":"PractitionerRole/r%d"}}`, (n/4-1-i)*4))
	}
	a.transaction(t, batch)
}

func TestKillsInMidRunLeadToTheSameState(t *testing.T) {
	testutil.Requirement(t, "SYN-1", "NFR-7", "APP-2")
	n, kills := 1200, 3
	if os.Getenv("MASJALA_SOAK") != "" {
		n, kills = 4000, 60
	}
	listen, dataA := address(t), t.TempDir()
	a := start(t, dataA, "--listen", listen)
	a.directory(t, n)
	data := follower(t, a.base)
	random := rand.New(rand.NewPCG(7, 11))
	for i := range kills {
		cmd := exec.Command(binary, "sync", "run", "nation", "--data", data)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(100+random.IntN(n/2)) * time.Millisecond)
		if i%2 == 1 { // the upstream is what dies, and comes back
			a.kill()
			time.Sleep(100 * time.Millisecond)
			a = start(t, dataA, "--listen", listen)
			time.Sleep(200 * time.Millisecond)
		}
		cmd.Process.Kill()
		cmd.Wait()
		a.transaction(t, []string{facility(i, "Changed between two runs"), entry("Organization", fmt.Sprintf("late%d", i), `"active":true,"name":"Late"`)})
	}
	r, err := syncRun(t, data)
	if err != nil {
		t.Fatal(err)
	}
	if sum := r.Total(); sum.Held+sum.Refused+sum.Conflicts != 0 {
		t.Errorf("the last run = %+v", sum)
	}
	same(t, a, start(t, data))
}

// faulty passes connections on to a server, and cuts each after a random number of bytes.
type faulty struct {
	net.Listener
	target string
	random *rand.Rand
	most   int
	cuts   atomic.Int64
}

func (f *faulty) serve() {
	for {
		in, err := f.Accept()
		if err != nil {
			return
		}
		left := int64(1000 + f.random.IntN(f.most))
		go func() {
			defer in.Close()
			out, err := net.Dial("tcp", f.target)
			if err != nil {
				return
			}
			defer out.Close()
			go io.Copy(out, in)
			if n, _ := io.CopyN(in, out, left); n == left {
				f.cuts.Add(1)
			}
		}()
	}
}

func TestALineThatBreaksAgainAndAgain(t *testing.T) {
	testutil.Requirement(t, "SYN-1", "NFR-7")
	a := start(t, t.TempDir())
	a.directory(t, 500)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	target := strings.TrimSuffix(strings.TrimPrefix(a.base, "http://"), "/fhir")
	f := &faulty{Listener: l, target: target, random: rand.New(rand.NewPCG(3, 5)), most: 15_000}
	go f.serve()
	data := follower(t, "http://"+l.Addr().String()+"/fhir")
	runs := 1
	for ; ; runs++ {
		if _, err := syncRun(t, data); err == nil {
			break
		} else if runs > 40 {
			t.Fatalf("run %d still fails: %v", runs, err)
		}
	}
	t.Logf("followed after %d runs and %d cuts", runs, f.cuts.Load())
	if f.cuts.Load() == 0 {
		t.Error("no connection was cut; the test shows nothing")
	}
	same(t, a, start(t, data))
}
