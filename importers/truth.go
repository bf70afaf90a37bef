package importers

import "strings"

// Truth reads yes or no in the languages of most lists; known is false for anything else.
func Truth(text string) (yes, known bool) {
	yes, known = truths[strings.ToLower(strings.TrimSpace(text))]
	return yes, known
}

var truths = map[string]bool{"true": true, "yes": true, "y": true, "1": true, "oui": true, "sim": true, "si": true, "sí": true, "ndiyo": true, "نعم": true,
	"false": false, "no": false, "n": false, "0": false, "non": false, "não": false, "nao": false, "hapana": false, "لا": false}
