// Package tabular is what code systems, value sets and concept maps have in common as rows of a
// table, in both directions: what a table says of the resource as a whole, designations and
// properties as columns, and the parts that no column of its own can hold, which stand as JSON in
// columns called More and About.
//
// A table that is written says all that the resource says: a text that would not come back from
// a cell as it is goes into More. So a table that is read again changes nothing. A list that
// somebody else made says less; what it does not say stays as it is stored, or is proposed for a
// new resource. The order of rows does not matter: what is stored already keeps its order.
package tabular
