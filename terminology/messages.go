package terminology

import (
	"fmt"
	"strings"
)

// The texts of validation, in the words that validators of FHIR content expect.

func unknownCodeText(code string, e *entry) string {
	text := fmt.Sprintf("Unknown code '%s' in the CodeSystem '%s'", code, e.info.URL)
	if e.info.Version != "" {
		text += fmt.Sprintf(" version '%s'", e.info.Version)
	}
	return text + "."
}

func unknownSystemText(url, version string, have []string) string {
	text := fmt.Sprintf("A definition for CodeSystem '%s'", url)
	if version != "" {
		text += fmt.Sprintf(" version '%s'", version)
	}
	text += " could not be found, so the code cannot be validated"
	if version != "" && len(have) > 0 {
		text += ". Valid versions: " + strings.Join(have, ", ")
	}
	return text
}

func notInSetText(c *Coding, set string) string {
	return fmt.Sprintf("The provided code '%s' was not found in the value set '%s'", c.show(), set)
}

func noneInSetText(set string) string {
	return fmt.Sprintf("No valid coding was found for the value set '%s'", set)
}

func wrongDisplayText(c *Coding, valid []string) string {
	if len(valid) == 0 {
		return fmt.Sprintf("Wrong Display Name '%s' for %s. There are no valid display names for this code.", c.Display, c.plain())
	}
	which := "Valid display is"
	if len(valid) > 1 {
		which = fmt.Sprintf("Valid display is one of %d choices:", len(valid))
	}
	for i, v := range valid {
		valid[i] = "'" + v + "'"
	}
	return fmt.Sprintf("Wrong Display Name '%s' for %s. %s %s.", c.Display, c.plain(), which, strings.Join(valid, " or "))
}

func abstractText(c *Coding) string {
	return fmt.Sprintf("The code '%s' is abstract, and not allowed in this context", c.plain())
}

func inactiveText(code string) string {
	return fmt.Sprintf("The concept '%s' is valid but is not active", code)
}

func severalSystemsText(code, set string) string {
	return fmt.Sprintf("The System URI could not be determined for the code '%s' in the ValueSet '%s': several of its code systems have it", code, set)
}

// show is system|version#code ('display').
func (c *Coding) show() string {
	text := c.System
	if c.Version != "" {
		text += "|" + c.Version
	}
	text += "#" + c.Code
	if c.Display != "" {
		text += " ('" + c.Display + "')"
	}
	return text
}

// plain is system#code.
func (c *Coding) plain() string { return c.System + "#" + c.Code }
