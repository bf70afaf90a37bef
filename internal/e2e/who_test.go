package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"masjala/internal/testutil"
	"masjala/sync/mcsd"
)

// TestFollowTheWHOList lets servers follow one that holds the list of 98,745 facilities: one
// without disturbance, which is measured, and one that is killed in mid-run, as is its upstream.
func TestFollowTheWHOList(t *testing.T) {
	if os.Getenv("MASJALA_SOAK") == "" && os.Getenv("MASJALA_ACCEPTANCE") == "" {
		t.Skip("takes minutes; set MASJALA_ACCEPTANCE=1 to run it")
	}
	testutil.Requirement(t, "SYN-1", "SYN-2", "MD-91-10", "NFR-7")
	list := filepath.Join(testutil.Reference(t), "data", "facility", "who-ssa-2019", "who_ssa_facilities_converted.xlsx")
	dataA, listen := t.TempDir(), address(t)
	masjala(t, "import", "facilities", list, "--data", dataA)
	a := start(t, dataA, "--listen", listen)

	calm := follower(t, a.base)
	r := measured(t, "first run", calm)
	if sum := r.Total(); sum.Created < 190_000 {
		t.Errorf("the first run = %+v", sum)
	}
	renameAndDelete(t, a)
	r = measured(t, "run after 1,000 changes and 50 deletions", calm)
	if sum := r.Total(); sum.Updated != 1000 || sum.Deleted != 50 || sum.Created != 0 || sum.Received != 1050 {
		t.Errorf("the run after the changes = %+v", sum)
	}
	b := start(t, calm)
	same(t, a, b)
	b.stop()

	rough := follower(t, a.base)
	for i := range 3 {
		cmd := exec.Command(binary, "sync", "run", "nation", "--data", rough)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		if i == 1 {
			a.kill()
			a = start(t, dataA, "--listen", listen)
			time.Sleep(3 * time.Second)
		}
		cmd.Process.Kill()
		cmd.Wait()
	}
	if r := measured(t, "run that finished what was cut short", rough); !r.Resumed {
		t.Error("nothing was left by the runs that were killed; the test shows nothing")
	}
	same(t, a, start(t, rough))
}

// measured runs sync run, says what it took, and fails the test unless it went well.
func measured(t *testing.T, what, data string) *mcsd.Report {
	t.Helper()
	r, peak, err := syncMeasured(t, data)
	if err != nil {
		t.Fatal(err)
	}
	sum := r.Total()
	t.Logf("%s: %d received, %d created, %d updated, %d deleted in %.1f s, %d kB over the line, peak %d MB",
		what, sum.Received, sum.Created, sum.Updated, sum.Deleted, r.Ended.Sub(r.Started).Seconds(), r.Bytes>>10, peak>>20)
	if peak > 512<<20 {
		t.Errorf("%s took %d MB, want at most 512", what, peak>>20)
	}
	if sum.Held+sum.Refused+sum.Conflicts != 0 {
		t.Errorf("%s: %+v %+v", what, sum, r.Problems)
	}
	return r
}

// renameAndDelete renames 1,000 organizations of facilities and deletes 50 facilities' places.
func renameAndDelete(t *testing.T, a *server) {
	t.Helper()
	page := get(t, a.base+"/Organization?_count=1000")
	var batch []string
	for i, e := range page.Get("entry").Array() {
		var r map[string]json.RawMessage
		if err := json.Unmarshal([]byte(e.Get("resource").Raw), &r); err != nil {
			t.Fatal(err)
		}
		delete(r, "meta")
		r["name"] = json.RawMessage(fmt.Sprintf(`"Renamed %d"`, i))
		var text bytes.Buffer
		if err := json.NewEncoder(&text).Encode(r); err != nil {
			t.Fatal(err)
		}
		ref := "Organization/" + e.Get("resource.id").String()
		batch = append(batch, fmt.Sprintf(`{"fullUrl":"%s/%s","resource":%s,"request":{"method":"PUT","url":"%s"}}`, a.base, ref, text.Bytes(), ref))
	}
	a.transaction(t, batch)
	batch = nil
	for _, e := range get(t, a.base+"/Location?organization:missing=false&_count=50").Get("entry").Array() {
		batch = append(batch, fmt.Sprintf(`{"request":{"method":"DELETE","url":"Location/%s"}}`, e.Get("resource.id").String()))
	}
	a.transaction(t, batch)
}
