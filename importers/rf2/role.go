package rf2

import "slices"

// role is what the lines of a file are.
type role int

// The roles, in the order in which files are read.
const (
	roleModules role = iota
	roleConcepts
	roleDescriptions
	roleRelationships
	roleValues
	roleLanguages
	roleAssociations
	roleAttributes
	roleMaps
	roleMembers
	roleUnknown
)

// names of the columns that all components have, and those of all reference sets.
var (
	component = []string{"id", "effectiveTime", "active", "moduleId"}
	member    = append(slices.Clone(component), "refsetId", "referencedComponentId")
)

// shapes are the columns by which a file is known.
var shapes = []struct {
	role    role
	columns []string
}{
	{roleConcepts, append(slices.Clone(component), "definitionStatusId")},
	{roleDescriptions, append(slices.Clone(component), "conceptId", "languageCode", "typeId", "term", "caseSignificanceId")},
	{roleRelationships, append(slices.Clone(component), "sourceId", "destinationId", "relationshipGroup", "typeId", "characteristicTypeId", "modifierId")},
	{roleValues, append(slices.Clone(component), "sourceId", "value", "relationshipGroup", "typeId", "characteristicTypeId", "modifierId")},
	{roleModules, append(slices.Clone(member), "sourceEffectiveTime", "targetEffectiveTime")},
	{roleLanguages, append(slices.Clone(member), "acceptabilityId")},
	{roleAssociations, append(slices.Clone(member), "targetComponentId")},
	{roleAssociations, append(slices.Clone(member), "targetComponent")},
	{roleAttributes, append(slices.Clone(member), "valueId")},
	{roleMaps, append(slices.Clone(member), "mapTarget")},
	{roleMembers, member},
}

// roleOf tells from the columns of the first line what a file holds.
func roleOf(header [][]byte) role {
	names := make([]string, len(header))
	for i, h := range header {
		names[i] = string(h)
	}
	for _, s := range shapes {
		if slices.Equal(names, s.columns) {
			return s.role
		}
	}
	return roleUnknown
}
