package facilities

import "masjala/importers"

// statusOf maps what lists call the state of a facility to Location.status, by key. Whether
// someone works there now decides: planned and closed for repairs are suspended.
var statusOf = map[string]string{
	"operating": "active", "operational": "active", "active": "active", "open": "active", "functional": "active",
	"functioning": "active", "licensed": "active", "yes": "active", "fonctionnel": "active", "fonctionnelle": "active",
	"actif": "active", "active facility": "active", "ouvert": "active", "en service": "active", "funcional": "active", "ativo": "active",
	"activo": "active", "aberto": "active", "abierto": "active", "em funcionamento": "active", "en funcionamiento": "active",
	"inafanya kazi": "active", "hai": "active", "partially functional": "active", "semi functional": "active",

	"temporarily closed": "suspended", "suspended": "suspended", "closed temporarily": "suspended", "under construction": "suspended",
	"under renovation": "suspended", "not yet operational": "suspended", "pending": "suspended", "pending registration": "suspended",
	"planned": "suspended", "non functional": "suspended", "not functional": "suspended", "ferme temporairement": "suspended",
	"suspendu": "suspended", "en construction": "suspended", "em construcao": "suspended", "en construccion": "suspended",
	"suspenso": "suspended", "suspendido": "suspended", "imefungwa kwa muda": "suspended", "non fonctionnel": "suspended",

	"closed": "inactive", "permanently closed": "inactive", "closed permanently": "inactive", "inactive": "inactive", "not operating": "inactive",
	"not operational": "inactive", "non operational": "inactive", "abandoned": "inactive", "destroyed": "inactive", "decommissioned": "inactive",
	"no": "inactive", "ferme": "inactive", "fermee": "inactive", "inactif": "inactive", "encerrado": "inactive", "fechado": "inactive",
	"inativo": "inactive", "cerrado": "inactive", "inactivo": "inactive", "imefungwa": "inactive", "deregistered": "inactive",
}

// readStatus returns Location.status; "active" when the list does not tell, since it lists
// facilities. known is false for a word that means nothing to us.
func readStatus(text string) (status string, known bool) {
	if text == "" {
		return "active", true
	}
	if s, ok := statusOf[importers.Key(text)]; ok {
		return s, true
	}
	return "active", false
}

func checkStatus(row *importers.Row, issues *importers.Issues) {
	c := row.Get("status")
	if _, known := readStatus(c.Text); !known {
		words := make([]string, 0, len(statusOf))
		for w := range statusOf {
			words = append(words, w)
		}
		issues.Add(importers.Issue{Row: row.Number, Column: c.Column.Heading, Value: c.Shown, Severity: importers.Warning, Rule: "status-unknown",
			Reason: "it is not known whether this means that the facility works",
			Fix:    "Imported as active; say in the mapping's values which status is meant." + importers.DidYouMean(c.Text, words)})
	}
}
