package e2e_test

import (
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"masjala/internal/testutil"
)

// TestAFullDiskIsSaidAndLosesNothing gives the program no file larger than some megabytes,
// as a disk that fills does: writes answer 507, reads go on, and with room again everything
// that was acknowledged is there and writing goes on.
func TestAFullDiskIsSaidAndLosesNothing(t *testing.T) {
	testutil.Requirement(t, "NFR-7", "APP-2")
	data := t.TempDir()
	limited := exec.Command("sh", "-c", `trap '' XFSZ; ulimit -f 8192; exec "$0" "$@"`, binary)
	s := startAs(t, limited, data)
	put := func(s *server, id string) int {
		body := fmt.Sprintf(`{"resourceType":"Organization","id":%q,"name":%q}`, id, strings.Repeat("x", 20_000))
		req, err := http.NewRequest(http.MethodPut, s.base+"/Organization/"+id, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/fhir+json")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		return res.StatusCode
	}
	acknowledged, refused := 0, 0
	for i := 0; refused < 3 && i < 2000; i++ {
		switch status := put(s, fmt.Sprintf("o%d", i)); status {
		case http.StatusCreated:
			acknowledged++
		case http.StatusInsufficientStorage:
			refused++
		default:
			t.Fatalf("PUT %d = %d, want 201 or 507", i, status)
		}
	}
	if refused == 0 || acknowledged == 0 {
		t.Fatalf("%d writes were acknowledged and %d refused; the disk was to fill in between", acknowledged, refused)
	}
	if n := get(t, s.base+"/Organization?_summary=count").Get("total").Int(); n != int64(acknowledged) {
		t.Errorf("on the full disk %d are found, want the %d that were acknowledged", n, acknowledged)
	}
	s.stop()
	roomy := start(t, data)
	if n := get(t, roomy.base+"/Organization?_summary=count").Get("total").Int(); n != int64(acknowledged) {
		t.Errorf("with room again %d are found, want the %d that were acknowledged", n, acknowledged)
	}
	if status := put(roomy, "after"); status != http.StatusCreated {
		t.Errorf("a write with room again = %d, want 201", status)
	}
}
