// Package auth tells who sends a request and what they may do.
//
// A caller shows a bearer token. [Tokens] makes, lists and revokes them; a token is shown
// once, and what is kept is the SHA-256 of it beside its name and [Role]. A token is 256
// random bits, so a fast hash gives nothing away. Over which
// connections a token may come at all is decided by the API.
package auth
