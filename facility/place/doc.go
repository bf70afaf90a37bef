// Package place answers questions about where facilities and areas lie: what is above and
// below a Location or Organization, whether one lies below another, and which area a name
// in a list means.
//
// Hierarchies are the partOf references. Walks are bounded by [MaxDepth], so that data with
// a cycle, which older stores may hold, cannot hang them. [Resolver] finds areas by name the
// way people write them: case, accents and words such as "District" do not matter.
package place
