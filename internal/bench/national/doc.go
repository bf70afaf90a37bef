// Package national makes a directory of the size of a country: areas in five levels,
// facilities, health workers and their posts, as FHIR R4 resources that keep the mCSD
// profiles. Its names are built from syllables; nothing in it is real.
//
// A [Country] is a function of its [Size]: the nth thing of a kind is worked out when it is
// asked for, always the same, so that who measures a server knows what is in it without
// keeping it. [Prepare] fills a data directory, and finds one that was filled before.
package national
