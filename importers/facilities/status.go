package facilities

import (
	"maps"
	"slices"

	"masjala/importers"
	"masjala/importers/decisions"
)

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
	"يعمل": "active", "مغلق موقتا": "suspended", "مغلق": "inactive",
	"inativo": "inactive", "cerrado": "inactive", "inactivo": "inactive", "imefungwa": "inactive", "deregistered": "inactive",

	"en activite": "active", "operationnel": "active", "operationnelle": "active", "operacional": "active", "operativo": "active", "en operacion": "active",
	"em operacao": "active", "aberta": "active", "abierta": "active", "funcionando": "active", "fully functional": "active", "عامل": "active",
	"عاملة": "active", "تعمل": "active", "مفتوح": "active", "نشط": "active",
	"non fonctionnelle": "suspended", "nao funcional": "suspended", "no funcional": "suspended", "ferme provisoirement": "suspended", "fermee temporairement": "suspended", "en rehabilitation": "suspended",
	"em reabilitacao": "suspended", "en projet": "suspended", "haifanyi kazi": "suspended", "haijaanza": "suspended", "inajengwa": "suspended", "لا يعمل": "suspended",
	"لا تعمل": "suspended", "متوقف": "suspended", "غير عامل": "suspended", "تحت الانشاء": "suspended", "قيد الانشاء": "suspended",
	"non operationnel": "inactive", "non operationnelle": "inactive", "ferme definitivement": "inactive", "fermee definitivement": "inactive", "detruit": "inactive", "detruite": "inactive",
	"abandonne": "inactive", "encerrada": "inactive", "fechada": "inactive", "cerrada": "inactive", "destruido": "inactive",
	"مغلقة": "inactive", "مدمر": "inactive", "مهجور": "inactive",
}

// states is what the list's own words for the status mean: Location.status by key.
type states map[string]string

// of returns Location.status; "active" when the list does not tell, since it lists facilities.
func (s states) of(text string) string {
	if is := s[importers.Key(text)]; is != "" {
		return is
	}
	return "active"
}

// settle finds what each word means: as was decided, as is known, else nothing, which is
// reported once.
func (s states) settle(w *settling, l *codeList) {
	words := make([]importers.Coding, 0, len(statusOf))
	for word, code := range statusOf {
		words = append(words, importers.Coding{System: decisions.StatusSystem, Code: code, Display: word})
	}
	near := importers.CoderOf(words)
	for _, key := range slices.Sorted(maps.Keys(l.values)) {
		is := l.value(l.values[key])
		is.ValueSet, is.System = "", decisions.StatusSystem
		if c, ok := w.book.Value(l.target, l.column.Heading, "", is.Text); ok {
			is = w.book.Judge(importers.CoderOf(decisions.Statuses), is)
			s[key] = c.Code
		} else if code := statusOf[key]; code != "" {
			s[key] = code
			continue
		} else {
			_, is.Candidates = near.Judge(is.Text)
			is.State = importers.Doubtful
		}
		if s[key] = statusCode(s[key]); s[key] == "" || is.State == importers.Decided {
			w.Value(is, "status-unknown", "it is not known whether this means that the facility works",
				"Imported as active; decide which status is meant (masjala import values).")
		}
	}
}

// statusCode is a code of Location.status, "" for anything else.
func statusCode(code string) string {
	for _, c := range decisions.Statuses {
		if c.Code == code {
			return code
		}
	}
	return ""
}
