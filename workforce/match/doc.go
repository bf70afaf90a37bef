// Package match tells which records mean the same health worker.
//
// [Lists] joins two lists of [Worker], [Twins] looks for doubles in one, and [Finder] finds
// in the registry whom a Practitioner may mean. Names count in whatever order their parts
// stand, with initials and with the spellings that one name has; date of birth, sex,
// identifiers, licences, telephones and addresses of mail speak for a pair or against it.
// What speaks is told with each pair. [Crosswalk] follows the identifiers that a record
// carries.
package match
