package structure_test

import (
	"slices"
	"strings"
	"testing"

	"masjala/fhir/structure"
)

func TestFindFindsEveryElement(t *testing.T) {
	for _, y := range structure.All() {
		for i := range y.Elements {
			e := &y.Elements[i]
			for _, hint := range []int{0, i, i + 1, 1000} {
				if got := y.Find([]byte(e.Name), hint); got != i {
					t.Errorf("%s: Find(%s, %d) = %d, want %d", y.Name, e.Name, hint, got, i)
				}
			}
		}
		for _, name := range []string{"", "zzz", "Name", "value[x]"} {
			if got := y.Find([]byte(name), 0); got != -1 {
				t.Errorf("%s: Find(%q) = %d, want -1", y.Name, name, got)
			}
		}
	}
}

func TestEveryElementHasAType(t *testing.T) {
	for _, y := range structure.All() {
		for i := range y.Elements {
			e := &y.Elements[i]
			if e.Type() == nil || e.Type().Name == "" {
				t.Errorf("%s.%s has no type", y.Name, e.Name)
			}
			if e.Choice > 0 && !strings.HasPrefix(e.Name, y.Path(e)) {
				t.Errorf("%s.%s is a choice of %s", y.Name, e.Name, y.Path(e))
			}
			if !slices.IsSorted(e.Codes()) {
				t.Errorf("%s.%s: the codes are not sorted: %v", y.Name, e.Name, e.Codes())
			}
		}
	}
}

func TestElements(t *testing.T) {
	tests := map[string]struct {
		owner, name, typ string
		min              uint8
		many, summary    bool
	}{
		"a list of a data type":      {"Location", "identifier", "Identifier", 0, true, true},
		"a required code":            {"CodeSystem", "content", "code", 1, false, true},
		"a backbone element":         {"Location", "position", "Location.position", 0, false, false},
		"inside of it":               {"Location.position", "latitude", "decimal", 1, false, false},
		"a choice":                   {"Extension", "valueCodeableConcept", "CodeableConcept", 0, false, false},
		"an element like another":    {"ValueSet.compose", "exclude", "ValueSet.compose.include", 0, true, false},
		"an element of itself":       {"CodeSystem.concept", "concept", "CodeSystem.concept", 0, true, false},
		"the id of a resource":       {"Location", "id", "id", 0, false, true},
		"the id of an element":       {"Identifier", "id", "string", 0, false, false},
		"a resource in a resource":   {"Bundle.entry", "resource", "Resource", 0, false, true},
		"a type written by hand":     {"Timing.repeat", "boundsPeriod", "Period", 0, false, true},
		"a type copied from another": {"Duration", "value", "decimal", 0, false, true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			y := structure.Named(tc.owner)
			if y == nil {
				t.Fatalf("there is no type %s", tc.owner)
			}
			i := y.Find([]byte(tc.name), 0)
			if i < 0 {
				t.Fatalf("%s has no %s", tc.owner, tc.name)
			}
			e := y.Elements[i]
			if e.Type().Name != tc.typ || e.Min != tc.min || e.Many != tc.many || e.Summary != tc.summary {
				t.Errorf("%s.%s is %s, min %d, many %v, summary %v", tc.owner, tc.name, e.Type().Name, e.Min, e.Many, e.Summary)
			}
		})
	}
}

func TestElementsKeepTheOrderOfTheDefinition(t *testing.T) {
	var got []string
	for _, e := range structure.Named("Location").Elements {
		got = append(got, e.Name)
	}
	want := "id meta implicitRules language text contained extension modifierExtension identifier status operationalStatus " +
		"name alias description mode type telecom address physicalType position managingOrganization partOf " +
		"hoursOfOperation availabilityExceptions endpoint"
	if strings.Join(got, " ") != want {
		t.Errorf("got %v", got)
	}
}

func TestAllows(t *testing.T) {
	status := structure.Named("Location").Elements[9]
	if !status.Allows("suspended") || status.Allows("Active") || status.Allows("") {
		t.Errorf("%s allows %v", status.Name, status.Codes())
	}
	name := structure.Named("Location").Elements[11]
	if !name.Allows("anything") || name.Codes() != nil {
		t.Errorf("%s allows only %v", name.Name, name.Codes())
	}
	issue := structure.Named("OperationOutcome.issue")
	if code := issue.Elements[issue.Find([]byte("code"), 0)]; !code.Allows("duplicate") {
		t.Error("a code below another in its code system is not allowed")
	}
}

func TestReferenceTargets(t *testing.T) {
	y := structure.Named("PractitionerRole")
	e := y.Elements[y.Find([]byte("location"), 0)]
	if !slices.Equal(e.Targets, []string{"Location"}) {
		t.Errorf("targets = %v", e.Targets)
	}
}

func TestResource(t *testing.T) {
	for name, open := range map[string]bool{"Location": false, "ValueSet": false, "Patient": true, "Account": true, "VisionPrescription": true} {
		y := structure.Resource(name)
		if y == nil || y.Open != open || !y.IsResource {
			t.Errorf("Resource(%s) = %+v, want open %v", name, y, open)
		}
	}
	for _, name := range []string{"", "Clinic", "Resource", "DomainResource", "Identifier", "location", "Zzz"} {
		if y := structure.Resource(name); y != nil {
			t.Errorf("Resource(%q) = %s, want nil", name, y.Name)
		}
	}
}

func BenchmarkFind(b *testing.B) {
	y := structure.Named("Location")
	name := []byte("managingOrganization")
	for b.Loop() {
		y.Find(name, 0)
	}
}
