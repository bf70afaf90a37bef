// Package importtest prepares what tests of importers need.
package importtest
