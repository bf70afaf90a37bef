// Package globe numbers places on the earth for searching by distance: the cells of a grid,
// points of the unit sphere, and the squared chords between them, which order as distances
// do and need no trigonometry to compare.
package globe
