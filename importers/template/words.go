package template

import (
	"slices"
	"strings"

	"masjala/fhir"
)

// Languages are those that templates are made in.
var Languages = []string{"en", "fr", "pt", "es", "sw", "ar"}

// Words are one text in each of [Languages].
type Words []string

// Split reads texts with bars between them, in the order of [Languages].
func Split(s string) Words { return strings.Split(s, "|") }

// In is the text in a language, that in English for one that there is not.
func (w Words) In(lang string) string {
	if at := slices.Index(Languages, lang); at >= 0 && at < len(w) {
		return w[at]
	}
	return w[0]
}

// Check fails with Invalid when there are no templates in a language.
func Check(lang string) error {
	if !slices.Contains(Languages, lang) {
		return fhir.Errorf(fhir.Invalid, "there are no templates in %q, only in %s", lang, strings.Join(Languages, ", "))
	}
	return nil
}

// Sort is what sort of value a column takes.
type Sort int

// The sorts of values.
const (
	Text Sort = iota
	Day
	Degrees
	Several // texts with semicolons between them
	Choice  // one of the list
	Code    // kept as it is written, with zeros in front
)

// explained says what to write into a column of each sort.
var explained = map[Sort]Words{
	Text:    Split("Text|Texte|Texto|Texto|Maandishi|نص"),
	Day:     Split("A day, written like 2026-11-30; a year or a month alone will do|Une date, écrite comme 2026-11-30 ; l'année ou le mois seul suffit|Uma data, escrita como 2026-11-30; basta o ano ou o mês|Una fecha, escrita como 2026-11-30; basta el año o el mes|Tarehe, kama 2026-11-30; mwaka au mwezi peke yake unatosha|تاريخ يُكتب مثل 2026-11-30؛ ويكفي العام أو الشهر وحده"),
	Degrees: Split("Decimal degrees, like -6.7924|Degrés décimaux, comme -6.7924|Graus decimais, como -6.7924|Grados decimales, como -6.7924|Nyuzi za desimali, kama -6.7924|درجات عشرية، مثل -6.7924"),
	Several: Split("One or several, with semicolons between them|Un ou plusieurs, séparés par des points-virgules|Um ou vários, separados por ponto e vírgula|Uno o varios, separados por punto y coma|Moja au zaidi, zikitenganishwa kwa nukta mkato|واحد أو أكثر، تفصل بينها فاصلة منقوطة"),
	Choice:  Split("Choose from the list|Choisir dans la liste|Escolher da lista|Elegir de la lista|Chagua kutoka kwenye orodha|اختر من القائمة"),
	Code:    Split("As it is registered, with zeros in front|Tel qu'il est enregistré, avec les zéros en tête|Tal como está registado, com os zeros à esquerda|Tal como está registrado, con los ceros a la izquierda|Kama ilivyosajiliwa, pamoja na sifuri za mbele|كما هو مسجل، مع الأصفار في البداية"),
}

var (
	columnWord   = Split("Column|Colonne|Coluna|Columna|Safu|العمود")
	writeWord    = Split("What to write|Ce qu'il faut écrire|O que escrever|Qué escribir|Cha kuandika|ما يُكتب")
	requiredWord = Split("Required|Obligatoire|Obrigatório|Obligatorio|Lazima|مطلوب")
	yesWord      = Split("yes|oui|sim|sí|ndiyo|نعم")
	notesWord    = Split("Notes|Notice|Notas|Notas|Maelezo|ملاحظات")
	listsWord    = Split("Lists|Listes|Listas|Listas|Orodha|القوائم")
	wrongWord    = Split("This is not in the list. Keep it?|Cette valeur n'est pas dans la liste. La garder ?|Este valor não está na lista. Manter?|Este valor no está en la lista. ¿Conservarlo?|Hii haimo kwenye orodha. Iachwe?|هذه القيمة ليست في القائمة. هل تُبقيها؟")
)
