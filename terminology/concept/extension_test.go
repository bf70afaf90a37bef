package concept_test

import (
	"fmt"
	"testing"

	"masjala/terminology/concept"
)

func TestExtensionsAreKept(t *testing.T) {
	// Every third concept has extensions, every fifth a designation with one.
	body := `{"concept":[`
	for i := range 100 {
		if i > 0 {
			body += ","
		}
		body += fmt.Sprintf(`{"code":"c%d"`, i)
		if i%3 == 0 {
			body += fmt.Sprintf(`,"extension":[{"url":"urn:x","valueInteger":%d}]`, i)
		}
		body += `,"designation":[{"value":"plain"}`
		if i%5 == 0 {
			body += fmt.Sprintf(`,{"value":"dressed","extension":[{"url":"urn:y","valueInteger":%d}]}`, i)
		}
		body += "]}"
	}
	src, err := concept.Read([]byte(body + "]}"))
	if err != nil {
		t.Fatal(err)
	}
	set, err := concept.Build(src)
	if err != nil {
		t.Fatal(err)
	}
	if !set.Extended() {
		t.Error("Extended() = false, want true")
	}
	for i := range 100 {
		k, ok := set.Find(fmt.Sprintf("c%d", i))
		if !ok {
			t.Fatalf("c%d is not there", i)
		}
		want := ""
		if i%3 == 0 {
			want = fmt.Sprintf(`[{"url":"urn:x","valueInteger":%d}]`, i)
		}
		if got := string(set.Extensions(k)); got != want {
			t.Errorf("extensions of c%d = %q, want %q", i, got, want)
		}
		for d := range set.Designations(k) {
			want := ""
			if string(d.Value) == "dressed" {
				want = fmt.Sprintf(`[{"url":"urn:y","valueInteger":%d}]`, i)
			}
			if got := string(d.Extensions); got != want {
				t.Errorf("extensions of %s of c%d = %q, want %q", d.Value, i, got, want)
			}
		}
	}
}

func TestExtensionsCostNothingWhereThereAreNone(t *testing.T) {
	src, err := concept.Read([]byte(`{"concept":[{"code":"a","display":"A"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	set, err := concept.Build(src)
	if err != nil {
		t.Fatal(err)
	}
	if set.Extended() || set.Extensions(0) != nil || set.Deprecated(0) {
		t.Error("a concept without extensions has some")
	}
	if n := testing.AllocsPerRun(100, func() { set.Status(0) }); n != 0 {
		t.Errorf("Status allocates %v times, want 0", n)
	}
}
