package workers

import "masjala/importers"

// genders maps what offices write to the codes of administrative-gender, by folded text.
var genders = map[string]string{
	"f": "female", "female": "female", "woman": "female", "femme": "female", "feminin": "female", "feminino": "female",
	"femenino": "female", "mulher": "female", "mujer": "female", "ke": "female", "mke": "female", "mwanamke": "female",
	"m": "male", "male": "male", "man": "male", "homme": "male", "masculin": "male", "masculino": "male",
	"homem": "male", "hombre": "male", "h": "male", "me": "male", "mume": "male", "mwanaume": "male",
	"o": "other", "other": "other", "autre": "other", "outro": "other", "otro": "other", "nyingine": "other",
	"انثى": "female", "ذكر": "male", "اخر": "other",
	"unknown": "unknown", "u": "unknown", "inconnu": "unknown", "desconhecido": "unknown", "desconocido": "unknown", "haijulikani": "unknown",
}

// gender reads a cell as an administrative gender.
func gender(cell string) (string, bool) {
	g, ok := genders[importers.Key(cell)]
	return g, ok
}
