// Package geo answers which areas hold a point, and how far outside of an area one lies.
//
// An [Area] is read from GeoJSON (RFC 7946) by [Parse]; [Boundary] takes it from the
// extension location-boundary-geojson of a Location, so that only boundaries that can be
// used are stored. [Index] finds the Locations whose boundary holds a point: it keeps a box
// for each and a bounded number of outlines in memory, reads them when first asked and is
// kept true by the change feed. [Checker] says whether facilities lie in the area that they
// are said to lie in.
package geo
