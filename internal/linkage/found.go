package linkage

// Found is a record that may mean what was asked for.
type Found[R any] struct {
	Record R
	Verdict
	Grade Grade
}

// Grade says how sure it is that two records mean the same, in the codes of
// http://terminology.hl7.org/CodeSystem/match-grade.
type Grade string

// The grades, best first.
const (
	Certain  Grade = "certain"
	Probable Grade = "probable"
	Possible Grade = "possible"
	Not      Grade = "certainly-not"
)

// sure is how many bits beyond acceptance make a match certain.
const sure = 6

// Grade is the grade of a verdict. One thing alone is never certain, however much it says.
func (l Limits) Grade(v *Verdict) Grade {
	speaking := 0
	for _, e := range v.Evidence {
		if e.Bits >= 1 {
			speaking++
		}
		if e.Bits <= -3 {
			speaking = -len(v.Evidence) // something clearly speaks against it
		}
	}
	switch {
	case v.Bits >= l.Accept+sure && speaking >= 2:
		return Certain
	case v.Bits >= l.Accept:
		return Probable
	case v.Bits >= l.Review:
		return Possible
	}
	return Not
}
