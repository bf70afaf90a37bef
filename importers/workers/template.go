package workers

import (
	"context"
	"errors"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/template"
	"masjala/store"
)

// fields are the columns of a template.
var fields = []template.Field{
	{Target: "identifier", Sort: template.Code, Heading: template.Split("Staff number|Matricule|Número funcionário|Número de empleado|Namba ya mwajiriwa|رقم الموظف")},
	{Target: "family", Required: true, Heading: template.Split("Family name|Nom de famille|Apelido|Apellidos|Jina la ukoo|اسم العائلة")},
	{Target: "given", Heading: template.Split("Given names|Prénoms|Nome próprio|Nombres|Jina la kwanza|الاسم الأول")},
	{Target: "gender", Sort: template.Choice, Heading: template.Split("Sex|Sexe|Sexo|Sexo|Jinsia|الجنس")},
	{Target: "birthDate", Sort: template.Day, Heading: template.Split("Date of birth|Date de naissance|Data de nascimento|Fecha de nacimiento|Tarehe ya kuzaliwa|تاريخ الميلاد")},
	{Target: "phone", Sort: template.Several, Heading: template.Split("Phone number|Téléphone|Telefone|Teléfono|Namba ya simu|رقم الهاتف")},
	{Target: "email", Sort: template.Several, Heading: template.Split("Email|Courriel|Correio|Correo|Barua pepe|البريد الإلكتروني")},
	{Target: "street", Heading: template.Split("Street address|Adresse|Endereço|Dirección|Anwani|العنوان")},
	{Target: "town", Heading: template.Split("Town|Ville|Cidade|Ciudad|Mji|المدينة")},
	{Target: "cadre", Sort: template.Choice, Heading: template.Split("Cadre|Fonction|Cargo|Puesto|Kada|الفئة المهنية")},
	{Target: "specialty", Sort: template.Choice, Heading: template.Split("Specialty|Spécialité|Especialidade|Especialidad|Ubingwa|التخصص")},
	{Target: "facilityCode", Sort: template.Code, Heading: template.Split("Facility code|Code de l'établissement|Código da unidade|Código del establecimiento|Namba ya kituo|رمز المنشأة")},
	{Target: "facilityName", Heading: template.Split("Facility name|Établissement|Unidade sanitária|Establecimiento|Jina la kituo|اسم المنشأة")},
	{Target: "start", Sort: template.Day, Heading: template.Split("Start date|Date d'embauche|Data de início|Fecha de inicio|Tarehe ya kuanza|تاريخ البدء")},
	{Target: "end", Sort: template.Day, Heading: template.Split("End date|Date de fin|Data de fim|Fecha de fin|Tarehe ya kumaliza|تاريخ الانتهاء")},
	{Target: "licenceNumber", Sort: template.Code, Heading: template.Split("Licence number|Numéro de licence|Número da licença|Número de licencia|Namba ya leseni|رقم الترخيص")},
	{Target: "licenceType", Heading: template.Split("Licence type|Type de licence|Tipo de licença|Tipo de licencia|Aina ya leseni|نوع الترخيص")},
	{Target: "licenceIssuer", Heading: template.Split("Council|Ordre|Ordem|Colegio|Baraza|الجهة المرخصة")},
	{Target: "licenceFrom", Sort: template.Day, Heading: template.Split("Licence issue date|Date d'émission|Data de emissão|Fecha de emisión|Tarehe ya leseni|تاريخ إصدار الترخيص")},
	{Target: "licenceUntil", Sort: template.Day, Heading: template.Split("Licence expiry date|Date d'expiration|Data de validade|Fecha de vencimiento|Mwisho wa leseni|تاريخ انتهاء الترخيص")},
}

// genderWords are what a template offers for the sex: words that gender understands.
var genderWords = template.Split("Female;Male;Other|Femme;Homme;Autre|Mulher;Homem;Outro|Mujer;Hombre;Otro|Mwanamke;Mwanaume;Nyingine|أنثى;ذكر;آخر")

// sampled is how many posts are looked at to learn which codes the registry uses.
const sampled = 2000

// Template makes an empty list of workers in a language, with drop-down lists of the cadres and
// specialties that the posts of the registry have. ValueSets name, by target, the value set to
// choose from instead. It fails with Invalid for a language that there is not, and with NotFound for
// a value set.
func Template(ctx context.Context, env importers.Env, lang string, valueSets map[string]string) (*template.Book, error) {
	if err := template.Check(lang); err != nil {
		return nil, err
	}
	lists := template.Lists{"gender": template.Choices(genderWords, lang)}
	seen := map[string]*template.Seen{"cadre": {}, "specialty": {}}
	posts := 0
	err := store.Each(ctx, env.Store, "PractitionerRole", func(r *fhir.Resource) error {
		for target, concept := range map[string]*fhir.CodeableConcept{"cadre": conceptOf(r.Field("code.0")), "specialty": conceptOf(r.Field("specialty.0"))} {
			system := ""
			if concept != nil && len(concept.Coding) > 0 {
				system = concept.Coding[0].System
			}
			seen[target].Add(system, shown(concept))
		}
		if posts++; posts == sampled {
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
	return template.New(lang, "Workers", fields, lists), nil
}
