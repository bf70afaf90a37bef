package ecl

// Expression is an expression constraint that was understood. It is immutable and safe for
// concurrent use.
type Expression struct {
	text  string
	root  node
	parts []string
}

// String is the expression as it was written.
func (x *Expression) String() string { return x.text }

// node is an expression for a set of concepts: one of the types below.
type node interface{ offset() int }

// at is where something stands in the text, in bytes.
type at int

func (a at) offset() int { return int(a) }

type (
	// code is a concept, or the code of a property or of a value.
	code struct {
		at
		text string
	}
	// all is every concept.
	all struct{ at }
	// related is what stands in a relation to concepts.
	related struct {
		at
		relation relation
		of       node
	}
	// members is what is in reference sets.
	members struct {
		at
		of node
	}
	// compound joins sets.
	compound struct {
		at
		join join
		list []node
	}
	// refined is those of some concepts that have attributes.
	refined struct {
		at
		focus node
		by    refinement
	}
	// dotted is the values of an attribute of some concepts.
	dotted struct {
		at
		of, name node
	}
)

// relation is how concepts lie to others in the hierarchy.
type relation uint8

const (
	descendants relation = iota
	descendantsAndSelf
	children
	childrenAndSelf
	ancestors
	ancestorsAndSelf
	parents
	parentsAndSelf
	top    // of some concepts, those that lie below none of them
	bottom // of some concepts, those that lie above none of them
)

// join is how sets or conditions are put together.
type join uint8

const (
	and join = iota
	or
	minus
)

// refinement is a condition on the attributes of a concept: one of the types below.
type refinement interface{ refines() }

type (
	// attribute is a condition on the values of an attribute.
	attribute struct {
		at
		count   cardinality
		reverse bool
		name    node
		compare comparison
	}
	// group is a condition on what values of one relationship group are.
	group struct {
		at
		count cardinality
		by    refinement
	}
	// junction joins conditions.
	junction struct {
		join join
		list []refinement
	}
)

func (*attribute) refines() {}
func (*group) refines()     {}
func (*junction) refines()  {}

// cardinality is how many there may be; most is negative for any number.
type cardinality struct{ least, most int }

// once is the cardinality of what has none.
var once = cardinality{1, -1}

func (c cardinality) has(n int) bool { return n >= c.least && (c.most < 0 || n <= c.most) }

// comparison is how a value must be: exactly one of codes, number and texts is set.
type comparison struct {
	op     string // "=", "!=", and for numbers "<", "<=", ">", ">="
	codes  node
	number string
	texts  []string
}
