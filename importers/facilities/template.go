package facilities

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"

	"masjala/facility/place"
	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/importers"
	"masjala/importers/template"
	"masjala/store"
)

// fields are the columns of a template, but for areas, which come after the fifth.
var fields = []template.Field{
	{Target: "name", Required: true, Heading: template.Split("Facility name|Nom de l'établissement|Nome da unidade|Nombre del establecimiento|Jina la kituo|اسم المنشأة")},
	{Target: "id", Sort: template.Code, Heading: template.Split("Facility code|Code de l'établissement|Código da unidade|Código del establecimiento|Namba ya kituo|رمز المنشأة")},
	{Target: "type", Sort: template.Choice, Heading: template.Split("Facility type|Type d'établissement|Tipo de unidade|Tipo de establecimiento|Aina ya kituo|نوع المنشأة")},
	{Target: "ownership", Sort: template.Choice, Heading: template.Split("Ownership|Propriété|Propriedade|Propiedad|Umiliki|الملكية")},
	{Target: "status", Sort: template.Choice, Heading: template.Split("Operating status|Statut|Situação|Estado|Hali|الحالة")},
	{Target: "latitude", Sort: template.Degrees, Heading: template.Split("Latitude|Latitude|Latitude|Latitud|Latitudo|خط العرض")},
	{Target: "longitude", Sort: template.Degrees, Heading: template.Split("Longitude|Longitude|Longitude|Longitud|Longitudo|خط الطول")},
	{Target: "phone", Sort: template.Several, Heading: template.Split("Phone number|Numéro de téléphone|Telefone|Teléfono|Simu|رقم الهاتف")},
	{Target: "email", Heading: template.Split("Email|Courriel|Correio|Correo|Barua pepe|البريد الإلكتروني")},
	{Target: "website", Heading: template.Split("Website|Site web|Página web|Sitio web|Tovuti|الموقع الإلكتروني")},
	{Target: "contact", Heading: template.Split("Contact person|Responsable|Responsável|Persona de contacto|Mganga mfawidhi|مسؤول الاتصال")},
	{Target: "address", Heading: template.Split("Physical address|Adresse|Endereço|Dirección|Anwani|العنوان")},
	{Target: "postalAddress", Heading: template.Split("Postal address|Boîte postale|Caixa postal|Apartado postal|Sanduku la posta|العنوان البريدي")},
	{Target: "city", Heading: template.Split("Town|Ville|Cidade|Ciudad|Mji|المدينة")},
	{Target: "opened", Sort: template.Day, Heading: template.Split("Date opened|Date d'ouverture|Data de abertura|Fecha de apertura|Tarehe ya kufunguliwa|تاريخ الافتتاح")},
	{Target: "hours", Heading: template.Split("Opening hours|Heures d'ouverture|Horário|Horario|Saa za kazi|ساعات العمل")},
	{Target: "beds", Heading: template.Split("Number of beds|Nombre de lits|Número de camas|Número de camas|Idadi ya vitanda|عدد الأسرة")},
}

// levelWord names the level of areas that a column holds.
var levelWord = template.Split("Level %d|Niveau %d|Nível %d|Nivel %d|Ngazi %d|المستوى %d")

// statusWords are what a template offers for the status: works, closed for a time, closed.
var statusWords = template.Split("Operational;Temporarily closed;Closed|Fonctionnel;Fermé temporairement;Fermé|Funcional;Suspenso;Encerrado|Funcional;Suspendido;Cerrado|Inafanya kazi;Imefungwa kwa muda;Imefungwa|يعمل;مغلق مؤقتا;مغلق")

// sampled is how many facilities are looked at to learn which codes the registry uses.
const sampled = 2000

// Template makes an empty list of facilities in a language, with drop-down lists of the types and
// owners that the facilities of the registry have, and of its areas. ValueSets name, by target, the
// value set to choose from instead. It fails with Invalid for a language that there is not, and
// with NotFound for a value set.
func Template(ctx context.Context, env importers.Env, lang string, valueSets map[string]string) (*template.Book, error) {
	if err := template.Check(lang); err != nil {
		return nil, err
	}
	lists := template.Lists{"status": template.Choices(statusWords, lang)}
	x := &exporter{store: env.Store, areas: newChains(env.Store), codes: map[int]*importers.Widths{}, years: map[int]bool{}}
	seen := map[string]*template.Seen{"type": {}, "ownership": {}}
	err := x.each(ctx, nil, func(f *stored) error {
		seen["type"].Add(f.draft.kind.System, f.draft.kind.shown())
		seen["ownership"].Add(f.draft.owner.System, f.draft.owner.shown())
		if x.rows++; x.rows == sampled {
			return template.ErrEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, template.ErrEnough) {
		return nil, err
	}
	if err := lists.Fill(ctx, env, seen, valueSets); err != nil {
		return nil, err
	}
	levels, err := areaNames(ctx, env.Store)
	if err != nil {
		return nil, err
	}
	all := slices.Clone(fields[:5])
	for i, names := range levels {
		target := "area" + strconv.Itoa(i+1)
		lists[target] = names
		all = append(all, template.Field{Target: target, Sort: template.Choice, Heading: levelWord.Number(i + 1)})
	}
	return template.New(lang, "Facilities", append(all, fields[5:]...), lists), nil
}

// areaNames lists the names of the stored areas of each level, from the top.
func areaNames(ctx context.Context, s store.Store) ([][]string, error) {
	areas := newChains(s)
	var levels []map[string]bool
	err := store.Each(ctx, s, "Location", func(r *fhir.Resource) error {
		a, err := areas.above(ctx, r.ID)
		if err != nil || a.level == 0 || a.level > deepest {
			return err
		}
		for len(levels) < a.level {
			levels = append(levels, map[string]bool{})
		}
		levels[a.level-1][a.name()] = true
		return nil
	}, search.Pair{Name: "type", Value: place.Types + "|jurisdiction"})
	out := make([][]string, len(levels))
	for i, names := range levels {
		out[i] = slices.Sorted(maps.Keys(names))
	}
	return out, err
}
