// Package room makes room in lists that become large.
package room
