// Package geojson reads a FeatureCollection of GeoJSON as a sheet: one row per feature, one
// column per property in the order of their first appearance, then the latitude and longitude
// of the point (or of the middle of an area) and the boundary of what is no point.
package geojson
