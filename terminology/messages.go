package terminology

import (
	"strings"
)

// The texts that operations tell, in the words that validators of FHIR content expect, by
// the ids under which the terminology ecosystem knows them. {0}, {1} … stand for arguments.
const (
	msgUnknownSystem         = "UNKNOWN_CODESYSTEM"
	msgUnknownVersion        = "UNKNOWN_CODESYSTEM_VERSION"
	msgUnknownVersionNone    = "UNKNOWN_CODESYSTEM_VERSION_NONE"
	msgUnknownSystemExp      = "UNKNOWN_CODESYSTEM_EXP"
	msgUnknownVersionExp     = "UNKNOWN_CODESYSTEM_VERSION_EXP"
	msgUnknownVersionExpNone = "UNKNOWN_CODESYSTEM_VERSION_EXP_NONE"
	msgUnknownSet            = "Unable_to_resolve_value_Set_"
	msgUnknownImport         = "VS_EXP_IMPORT_UNK"
	msgUnknownImportPinned   = "VS_EXP_IMPORT_UNK_PINNED"
	msgUnknownCode           = "Unknown_Code_in"
	msgUnknownCodeInVersion  = "Unknown_Code_in_Version"
	msgUnknownCodeFragment   = "UNKNOWN_CODE_IN_FRAGMENT"
	msgNotInSet              = "None_of_the_provided_codes_are_in_the_value_set_one"
	msgNoneInSet             = "TX_GENERAL_CC_ERROR_MESSAGE"
	msgNoSystem              = "Coding_has_no_system__cannot_validate"
	msgSystemRelative        = "Terminology_TX_System_Relative"
	msgSystemIsSet           = "Terminology_TX_System_ValueSet2"
	msgSystemOther           = "CODING_OF_ANOTHER_SYSTEM"
	msgSystemIsSupplement    = "CODESYSTEM_CS_NO_SUPPLEMENT"
	msgCannotInfer           = "UNABLE_TO_INFER_CODESYSTEM"
	msgInferSeveral          = "Unable_to_resolve_system__value_set_has_multiple_matches"
	msgVersionMismatch       = "VALUESET_VALUE_MISMATCH"
	msgVersionDefault        = "VALUESET_VALUE_MISMATCH_DEFAULT"
	msgVersionChanged        = "VALUESET_VALUE_MISMATCH_CHANGED"
	msgVersionCheck          = "VALUESET_VERSION_CHECK"
	msgSetVersionCheck       = "VALUESET_SET_VERSION_CHECK"
	msgSupplementMissing     = "VALUESET_SUPPLEMENT_MISSING"
	msgAbstract              = "ABSTRACT_CODE_NOT_ALLOWED"
	msgNotActive             = "STATUS_CODE_WARNING_CODE"
	msgInactive              = "INACTIVE_CONCEPT_FOUND"
	msgDeprecatedConcept     = "DEPRECATED_CONCEPT_FOUND"
	msgDeprecatedInSet       = "CONCEPT_DEPRECATED_IN_VALUESET"
	msgCaseDifference        = "CODE_CASE_DIFFERENCE"
	msgDisplay               = "Display_Name_for__should_be_one_of__instead_of"
	msgDisplayNone           = "NO_VALID_DISPLAY_AT_ALL"
	msgDisplayDefaultOK      = "NO_VALID_DISPLAY_FOUND_NONE_FOR_LANG_OK"
	msgDisplayDefaultWrong   = "NO_VALID_DISPLAY_FOUND_NONE_FOR_LANG_ERR"
	msgDisplayInactive       = "INACTIVE_DISPLAY_FOUND"
	msgLanguage              = "INVALID_DISPLAY_NAME"
	msgStatus                = "MSG_"
	msgCircular              = "VALUESET_CIRCULAR_REFERENCE"
	msgTooCostly             = "VALUESET_TOO_COSTLY"
	msgFilterNoValue         = "UNABLE_TO_HANDLE_SYSTEM_FILTER_WITH_NO_VALUE"
	msgNoCode                = "NO_CODE_TO_VALIDATE"
	msgWhyListed             = "WHY_IN_EXPANSION"
	msgWhyNotListed          = "WHY_NOT_IN_EXPANSION"
	msgWhyImport             = "WHY_IN_IMPORT"
	msgWhyNotImport          = "WHY_NOT_IN_IMPORT"
	msgWhyOtherSystem        = "WHY_OTHER_SYSTEM"
	msgWhySystemAbsent       = "WHY_SYSTEM_ABSENT"
	msgWhyConcept            = "WHY_LISTED"
	msgWhyNotConcept         = "WHY_NOT_LISTED"
	msgWhyFilterMet          = "WHY_FILTER_MET"
	msgWhyFilterMissed       = "WHY_FILTER_MISSED"
	msgWhyWhole              = "WHY_WHOLE_SYSTEM"
	msgWhyDeep               = "WHY_TOO_DEEP"
	msgTooSlow               = "VALUESET_TOO_SLOW"
	msgNearest               = "DID_YOU_MEAN"
	msgDated                 = "NOT_DATED_BY_THEN"
	msgMatchComment          = "FIND_MATCHES_SCORE"
	msgGrammar               = "VALUESET_UNCLOSED_GRAMMAR"
	msgCompareSame           = "VALUESET_COMPARE_SAME"
	msgCompareSubset         = "VALUESET_COMPARE_SUBSET"
	msgCompareSuperset       = "VALUESET_COMPARE_SUPERSET"
	msgCompareOverlap        = "VALUESET_COMPARE_OVERLAPPING"
	msgCompareDisjoint       = "VALUESET_COMPARE_DISJOINT"
	msgCompareEmpty          = "VALUESET_COMPARE_EMPTY"
	msgCompareUnable         = "VALUESET_COMPARE_INDETERMINATE"
	msgCompareThisFailed     = "VALUESET_COMPARE_THIS_FAILED"
	msgCompareOtherFailed    = "VALUESET_COMPARE_OTHER_FAILED"
)

// english is the catalogue in English; those of other languages have its keys, and beside
// them the formats of errors.
var english = voice{
	msgUnknownSystem:         "A definition for CodeSystem '{0}' could not be found, so the code cannot be validated",
	msgUnknownVersion:        "A definition for CodeSystem '{0}' version '{1}' could not be found, so the code cannot be validated. Valid versions: {2}",
	msgUnknownVersionNone:    "A definition for CodeSystem '{0}' version '{1}' could not be found, so the code cannot be validated. No versions of this code system are known",
	msgUnknownSystemExp:      "A definition for CodeSystem '{0}' could not be found, so the value set cannot be expanded",
	msgUnknownVersionExp:     "A definition for CodeSystem '{0}' version '{1}' could not be found, so the value set cannot be expanded. Valid versions: {2}",
	msgUnknownVersionExpNone: "A definition for CodeSystem '{0}' version '{1}' could not be found, so the value set cannot be expanded. No versions of this code system are known",
	msgUnknownSet:            "A definition for the value Set '{0}' could not be found",
	msgUnknownImport:         "Unable to find included value set '{0}'",
	msgUnknownImportPinned:   "Unable to find included value set '{0}' version '{1}'",
	msgUnknownCode:           "Unknown code '{0}' in the CodeSystem '{1}'",
	msgUnknownCodeInVersion:  "Unknown code '{0}' in the CodeSystem '{1}' version '{2}'",
	msgUnknownCodeFragment:   "Unknown Code '{0}' in the CodeSystem '{1}' version '{2}' - note that the code system is labeled as a fragment, so the code may be valid in some other fragment",
	msgNotInSet:              "The provided code {1} was not found in the value set '{0}'",
	msgNoneInSet:             "No valid coding was found for the value set '{0}'",
	msgNoSystem:              "Coding has no system - cannot validate",
	msgSystemRelative:        "Coding.system must be an absolute reference, not a local reference",
	msgSystemIsSet:           "The Coding references a value set, not a code system ('{0}')",
	msgSystemOther:           "The Coding is of the code system '{0}', not of '{1}' which is asked about",
	msgSystemIsSupplement:    "CodeSystem {0} is a supplement, so can't be used as a value in Coding.system",
	msgCannotInfer:           "The System URI could not be determined for the code '{0}' in the ValueSet '{1}'",
	msgInferSeveral:          "The System URI could not be determined for the code '{0}' in the ValueSet '{1}': value set expansion has multiple matches: [{2}]",
	msgVersionMismatch:       "The code system '{0}' version '{1}' in the ValueSet include is different to the one in the value ('{2}')",
	msgVersionDefault:        "The code system '{0}' version '{1}' for the versionless include in the ValueSet include is different to the one in the value ('{2}')",
	msgVersionChanged:        "The code system '{0}' version '{1}' resulting from the version '{2}' in the ValueSet include is different to the one in the value ('{3}')",
	msgVersionCheck:          "The version '{1}' is not allowed for system '{0}': required to be '{2}' by a version-check parameter",
	msgSetVersionCheck:       "The version '{1}' is not allowed for value set '{0}': required to be '{2}' by a version-check parameter",
	msgSupplementMissing:     "Required supplement not found: {0}",
	msgAbstract:              "Code '{0}#{1}' is abstract, and not allowed in this context",
	msgNotActive:             "The concept '{0}' is valid but is not active",
	msgInactive:              "The concept '{0}' has a status of {1} and its use should be reviewed",
	msgDeprecatedConcept:     "The concept '{0}' is {1} and its use should be reviewed",
	msgDeprecatedInSet:       "The presence of the concept '{1}' in the system '{0}' in the value set {3} is marked with a status of {2} and its use should be reviewed",
	msgCaseDifference:        "The code '{0}' differs from the correct code '{1}' by case. Although the code system '{2}' is case insensitive, implementers are strongly encouraged to use the correct case anyway",
	msgDisplay + "_one":      "Wrong Display Name '{0}' for {1}#{2}. Valid display is {3} (for the language(s) '{4}')",
	msgDisplay + "_other":    "Wrong Display Name '{0}' for {1}#{2}. Valid display is one of {5} choices: {3} (for the language(s) '{4}')",
	msgDisplayNone:           "Cannot validate display name '{0}' for {1}#{2}: no displays are known for this code",
	msgDisplayDefaultOK:      "There are no valid display names found for the code {1}#{2} for language(s) '{3}'. The display is '{0}' which is a valid display for the default language",
	msgDisplayDefaultWrong:   "Wrong Display Name '{0}' for {1}#{2}. There are no valid display names found for language(s) '{3}'. Default display is '{4}'",
	msgDisplayInactive:       "'{0}' is no longer considered a correct display for code '{1}' (status = {3}). The correct display is one of {2}.",
	msgLanguage:              "Invalid displayLanguage: '{0}'",
	msgStatus:                "Reference to {0} {1} {2}",
	msgCircular:              "Found a circularity pointing to {0} processing ValueSet with pathway [{1}]",
	msgTooCostly:             "The value set '{0}' expansion has too many codes to produce (>{1})",
	msgFilterNoValue:         "The system {0} filter with property = {1}, op = {2} has no value",
	msgWhyListed:             "The stored expansion lists the code",
	msgWhyNotListed:          "The stored expansion does not list the code",
	msgWhyImport:             "The value set {0} has the code",
	msgWhyNotImport:          "The value set {0} does not have the code",
	msgWhyOtherSystem:        "It takes codes of {0} only",
	msgWhySystemAbsent:       "The concepts of {0} are not here",
	msgWhyConcept:            "It lists the code of {0}",
	msgWhyNotConcept:         "It lists codes of {0}, but not this one",
	msgWhyFilterMet:          "The code meets the filters: {0}",
	msgWhyFilterMissed:       "The code does not meet the filters: {0}",
	msgWhyWhole:              "It takes all codes of {0}",
	msgWhyDeep:               "Value sets import each other too deep to be explained",
	msgTooSlow:               "The question takes longer than {0} seconds to answer; ask for less, or narrow the filters",
	msgNearest:               "Did you mean {0}?",
	msgDated:                 "It may be that it is dated later than {0}.",
	msgMatchComment:          "Has {0} of {1} properties",
	msgGrammar:               "The code System '{0}' has a grammar and so has infinite members. This extension is based on {1}",
	msgCompareSame:           "The value sets {0} and {1} contain the same codes",
	msgCompareSubset:         "The valueSet {0} is a sub-set of the valueSet {1}",
	msgCompareSuperset:       "The valueSet {0} is a super-set of the valueSet {1}",
	msgCompareOverlap:        "Both value sets {0} and {1} contain the codes the other doesn't, but there is some overlap",
	msgCompareDisjoint:       "No shared codes between the value sets {0} and {1}",
	msgCompareEmpty:          "Both the value sets {0} and {1} are empty",
	msgCompareUnable:         "Unable to compare {0} and {1}: {2}",
	msgCompareThisFailed:     "This expansion failed: {0}",
	msgCompareOtherFailed:    "Other expansion failed: {0}",
	msgNoCode:                "Unable to find code to validate (looked for coding | codeableConcept | code+system | code+inferSystem in parameters)",
}

// say writes a message in English.
func say(id string, args ...string) string { return english.say(id, args...) }

// choices lists versions in a sentence: "1 or 2", "1, 2 and 3".
func choices(list []string) string {
	switch n := len(list); n {
	case 0:
		return ""
	case 1:
		return list[0]
	case 2:
		return list[0] + " or " + list[1]
	default:
		return strings.Join(list[:n-1], ", ") + " and " + list[n-1]
	}
}

// unknownCodePhrase says that a code system does not have a code.
func unknownCodePhrase(code string, e *entry) (id string, args []string) {
	if e.info.Version == "" {
		return msgUnknownCode, []string{code, e.info.URL}
	}
	return msgUnknownCodeInVersion, []string{code, e.info.URL, e.info.Version}
}

// show is system|version#code ('display').
func (c *Coding) show() string {
	text := canonical(c.System, c.Version) + "#" + c.Code
	if c.Display != "" {
		text += " ('" + c.Display + "')"
	}
	return text
}

// plain is system#code.
func (c *Coding) plain() string { return c.System + "#" + c.Code }
