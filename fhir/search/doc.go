// Package search reads FHIR search requests and says under what a resource is found.
//
// [Parse] turns the parameters of a request into a [Query]; [Extract] yields the
// index [Entry] list of a resource in one walk. Both use the same table of supported
// parameters ([Parameters]), from which the CapabilityStatement is made too, so that
// what is declared, what is indexed and what is searched cannot drift apart.
// Values of a query and of an entry are normalised by the same functions.
// [Condition.Match] compares them one by one: it is the meaning that a store's faster
// search is held to.
//
// Beside the parameters of R4 and mCSD there are those of this program (licences of health
// workers), and those that [Define] makes of SearchParameter resources and [Use] adds.
//
// Where R4 leaves a choice to the server, this is it:
//
//   - Texts are compared in the form that [Fold] gives them, from the start of the whole
//     value; :contains finds the rest. Punctuation counts. Of a person's name each part is
//     a value, and so are the parts together as people write them down.
//   - Codes and identifiers are compared as they are, with case. A code whose element
//     implies its code system is found with that system and without.
//   - Telephone numbers are compared by their digits, e-mail addresses without case.
//   - A parameter that is not known is left out and listed in [Query.Ignored], unless the
//     request is strict. One that is known but has a modifier or value that it cannot have
//     is refused always, and so is a chain that leads nowhere: leaving out a filter that was
//     meant would show more than was asked for.
//   - What has no value is not in a value set, so that :not-in finds it, as :not does.
//   - In _filter, eq and ne compare a text as a whole, without case and accents; a comparison holds
//     when some value of the resource meets it, so that ne finds what has another value, too.
//   - A reference without a type means the only type that the parameter refers to.
package search
