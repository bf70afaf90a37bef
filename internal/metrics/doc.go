// Package metrics counts what the program does, for Prometheus.
//
// A [Set] is what one process publishes. [Requests] counts requests: its counters are made
// once, so that counting is a few atomic additions. [Set.Store] publishes how full the store is.
// Other packages hand over collectors of their own with [Set.Register].
package metrics
