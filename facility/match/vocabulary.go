package match

import (
	"strings"
	"sync"

	"masjala/internal/linkage"
)

// Kind is what a facility is, coarsely enough that lists agree on it. Kinds are a ladder
// where they have a Level.
type Kind string

// kind says how near two kinds are: the levels of care are steps of one ladder, the others
// stand beside it.
type kind struct {
	name    Kind
	level   int    // 0: not on the ladder
	phrases string // how it is written, in all languages, by commas
}

// kinds are the words that name what a facility is: English, French, Portuguese, Spanish,
// Swahili, Arabic, Amharic, and the abbreviations of national lists. A phrase
// that stands twice belongs to the first.
var kinds = []kind{
	{"post", 1, "health post,village health post,poste de sante,poste de secours,case de sante,posto de saude,posto medico,puesto de salud,puesto sanitario,health hut,nursing station,aid post,h post,p s,sub centre,sub center,subcentre,subcenter,health sub centre,health sub center,sub health centre,sub health center,sc,hsc,shc,rural health motivator post," +
		"community clinic post,chps,chps compound,chps zone,community health planning and services,community health unit,chu post,ጤና ኬላ,نقطة صحية,hp,ps,unidade sanitaria basica"},
	{"dispensary", 2, "dispensary,dispensaries,disp,dispensaire,dispensario,dispensaria,zahanati,مستوصف,phcu,primary health care unit,primary health care unit plus,basic health unit,bhu,unite de soins de base,health unit,unidade de saude,وحدة صحية,وحدة رعاية"},
	{"clinic", 2, "clinic,clinics,clin,cl,h clinic,medium clinic,higher clinic,primary clinic,clinique,clinica,clinico,kliniki,klinik,medical clinic,general clinic,community clinic,day clinic,satellite clinic,mobile clinic,cabinet medical,cabinet de soins,cabinet,consultorio,consultorio medico,infirmerie,infirmary,sick bay,sickbay," +
		"عيادة,ክሊኒክ,health clinic,specialized clinic,specialised clinic,centre medical,cm,c m,medical centre,medical center,med centre,med center,centro medico,polyclinic,polyclinique,policlinica,policlinico,specialized polyclinic,surgery,surgical centre,surgical center"},
	{"health centre", 3, "health centre,health center,healthcentre,healthcenter,hlth centre,hlth center,health ctr,health cntr,h c,hc,hcentre,h centre,h center,chc,community health centre,community health center,phc,phcc,primary health centre,primary health center,primary health care centre,primary health care center,phc centre," +
		"comprehensive health centre,comprehensive health center,rural health centre,rural health center,urban health centre,rhc,uhc,uphc,urban primary health centre,urban primary health center,urban phc,umt,centre de sante,ctre de sante,centre de sante integre,centre de sante urbain,centre de sante communautaire,centre de sante et de promotion sociale,centre de sante de reference,centre de sante ref,cs ref,c s r,centre medical urbain,csi,csb,csu,cs,csps,cscom,csref,csr,cms,cma,cmu," +
		"centre medico social,centre sante,c s,centro de saude,c de saude,centro saude,centro de salud,centro sanitario,kituo cha afya,kituo cha,مركز صحي,مركز الصحي,ጤና ጣቢያ,health station,level i health centre"},
	{"hospital", 4, "hospital,hospitals,primary hospital,p hospital,sub district hospital,sub divisional hospital,sdh,gh,hosp,hsp,hpl,hopital,hop,hospitalier,hospitali,hospitais,hopitaux,hospital centre,centre hospitalier,centre hospitalier regional,centre hospitalier universitaire,centro hospitalar,hospital general,hopital general,hopital general de reference,hgr,chr,chd,hopital de district,hopital regional," +
		"mustashfa,مستشفى,مستشفي,مشفى,ሆስፒታል,cottage hospital,day hospital,sanatorium,teaching hospital,referral hospital"},
	{"maternity", 0, "maternity,maternity home,maternite,maternidade,maternidad,maternity and nursing home,nursing and maternity home,maternity clinic,maternal and child health centre,mch,mch centre,mch clinic,pmi,smi,nursing home"},
	{"pharmacy", 0, "pharmacy,pharmacie,farmacia,duka la dawa,drug shop,drug store,chemist,depot pharmaceutique,صيدلية"},
	{"laboratory", 0, "laboratory,level ia 2 dispensary laboratory,level ia 1 health center laboratory,level iia 2 district laboratory,level iii multipurpose health laboratory,level iii single purpose health laboratory,laboratoire,laboratorio,maabara,health laboratory,dispensary laboratory,medical laboratory,diagnostic centre,diagnostic center,specimen collection point,lab,labs,مختبر"},
	{"dental", 0, "dental clinic,dental centre,dental,dental surgery,cabinet dentaire,clinica dentaria,basic dental clinic,specialised dental clinic,comprehensive dental clinic"},
	{"eye", 0, "eye clinic,eye centre,optometry clinic,optical,opticals,optics,optical centre,optical clinic,optician,opticians,specialised eye clinic"},
	{"dialysis", 0, "dialysis clinic,dialysis centre,dialysis unit,dialysis"},
	{"therapy", 0, "physiotherapy clinic,physiotherapy,rehabilitation centre"},
	{"office", 0, "district health office,health office,dho,dhmt,district health directorate,health directorate,direction regionale de la sante,delegacia de saude"},
	{"ambulance", 0, "ems station,ems,ambulance station"},
	{"blood", 0, "blood bank,blood centre,blood transfusion centre"},
	{"hospice", 0, "hospice"},
}

// qualifiers describe a facility without naming it: lists add and drop them at will, so they
// count little. The canonical word comes first.
const qualifiers = `
district|dist|dis|districts|wilaya|distrital
region|regional|reg|mkoa|regionale
province|provincial|prov|provinciale
nation|national|nacional|nationale|taifa
refer|referral|referred|reference|referencia|rufaa|rufaaya
teach|teaching|university|universitaire|universitario|academic|acad|chuo
central|centrale|tertiary|zonal|zone|kanda
specialised|specialized|specialist|specialists|super|comprehensive
private|prv|pvt|priv|prive|privee|privado|privada|binafsi
public|publique|publico|publica|government|govt|gvt|gov|serikali|umma|council|municipal|municipality|city|town|community|communautaire|rural|urban|urbain|urbaine
memorial|mem|meml|memory
mission|missionary|missao|misheni|mision
designated|level|general|gen|generale|geral|genl
medical|med|medico|medica|medicale|health|hlth|sante|saude|salud|afya|care|services|service
centre|center|ctr|cntr|centro|kituo|unit|home|facility|institute|institut|institution|complex
tb|tuberculosis|chronic|psychiatric|psych|mental|orthopaedic|orthopedic|day
limited|ltd|company|co|plc|trust|foundation|group
laboratory|lab|pharmacy|nursing
`

// synonyms are words of one meaning that are part of a name. The canonical word comes first.
const synonyms = `
saint|st|ste|sainte|san|santa|santo|sao|mtakatifu|mt.|st.
mount|mt|mont|monte|mlima
doctor|dr|doc|dokta|docteur|doutor|daktari
professor|prof
sister|sr
brother|br
father|fr
general|genl
north|northern|nord|norte|kaskazini|shamal|شمال|الشمالية
south|southern|sud|sul|sur|kusini|جنوب|الجنوبية
east|eastern|est|leste|este|oriental|mashariki|شرق|الشرقية
west|western|ouest|oeste|occidental|magharibi|غرب|الغربية
upper|juu|haut|alto|alta
lower|chini|bas|baixo|baja
new|mpya|nouveau|nouvelle|nova|novo|nueva|nuevo
old|zamani|kongwe|ancien|ancienne|velha|velho|vieja
school|shule|ecole|escola|escuela
prison|gereza|magereza|prisons|cadeia|carcel
police|polisi|policia
military|army|jwtz|militaire|militar|jeshi|jeshini
catholic|roman catholic|rc|catholique|katoliki
lutheran|kkkt|elct|luth
university|chuo kikuu|universite|universidade
college|chuo
road|rd
street|str
fort|ft
port|pt
island|is|ile|ilha|kisiwa
valley|val
1|one|i|un|uno|moja|ek
2|two|deux|dois|mbili
3|three|trois|tres|tatu
4|four|quatre|cuatro|quatro|nne
5|five|cinq|cinco|tano
`

// fillers join the words of a name and say nothing.
const fillers = `of the de du des la le les do da dos das del el al l d ya wa cha za kwa na and et und in at for on an by to limited inc`

// grades tell health centres apart that stand side by side in some countries, by the phrases for them.
// The grade comes first. CHC is a community health centre in one country and a comprehensive one in another.
const grades = `
primary|phc|phcc|phc centre|primary health centre|primary health center|primary health care centre|primary health care center
community or comprehensive|chc|community health centre|community health center|comprehensive health centre|comprehensive health center
urban|uphc|urban primary health centre|urban primary health center|urban phc|uhc|urban health centre|csu|centre de sante urbain
reference|csr|csref|cs ref|c s r|centre de sante ref|centre de sante de reference
plain|cs|c s|centre de sante|ctre de sante|centre sante
`

// counting words stand before a number and say nothing: "No 2" is 2.
const counting = `no n nr num numero number namba nambari kebele`

// opposites are words of which a name has one at most: two names that differ in them differ.
const opposites = `north south east west
upper lower
new old
boys girls
men women
primary secondary`

// vocabulary is all that as it is looked up, by folded words.
type vocabulary struct {
	phrases map[string]Kind // "health centre"
	longest int             // words of the longest phrase
	single  []linkage.Word  // phrases of one long word, for spelling mistakes
	soft    map[string]bool
	as      map[string]string // word → canonical word
	filler  map[string]bool
	counts  map[string]bool // stands before a number
	level   map[Kind]int
	grade   map[string]string // phrase → grade
	affix   map[string]bool
	small   map[string]bool // those of areas low down
	axis    map[string]int  // canonical word → the line of opposites it is in
}

var words = sync.OnceValue(func() *vocabulary {
	v := &vocabulary{phrases: map[string]Kind{}, soft: map[string]bool{}, as: map[string]string{}, filler: map[string]bool{}, counts: map[string]bool{}, grade: map[string]string{}, affix: map[string]bool{}, small: map[string]bool{}, axis: map[string]int{}, level: map[Kind]int{}}
	for _, k := range kinds {
		for p := range strings.SplitSeq(k.phrases, ",") {
			v.phrase(linkage.Fold(p), k.name)
			v.level[k.name] = k.level
		}
	}
	lines(synonyms, func(line []string) {
		for _, w := range line {
			v.as[linkage.Fold(w)] = line[0]
		}
	})
	lines(grades, func(line []string) {
		for _, p := range line[1:] {
			v.grade[p] = line[0]
		}
	})
	lines(qualifiers, func(line []string) {
		for _, w := range line {
			v.as[w] = line[0]
			v.soft[line[0]] = true
		}
	})
	for _, w := range strings.Fields(fillers) {
		v.filler[w] = true
	}
	for _, w := range strings.Fields(counting) {
		v.counts[w] = true
	}
	for _, w := range strings.Fields(affixes) {
		v.affix[w] = true
	}
	for _, w := range strings.Fields(smallAreas) {
		v.affix[w], v.small[w] = true, true
	}
	for i, line := range strings.Split(opposites, "\n") {
		for _, w := range strings.Fields(line) {
			v.axis[w] = i + 1
		}
	}
	return v
})

// affixes name the sort of an area; lists add and drop them at will.
const affixes = `district districts county region province prefecture ward municipality metropolitan metro council commune governorate
departement department provincia distrito municipio regiao cercle wilaya mkoa kata constituency subcounty subdistrict sub chiefdom zone woreda lga state
local city town rural urban lm sd dm dc mc tc cc dps zs as aire sante health dist of de du des la le do da wa ya`

// smallAreas are those of areas low down.
const smallAreas = `division block taluk taluka tehsil mandal parish payam`

// lines calls fn with the words of each line.
func lines(table string, fn func([]string)) {
	for line := range strings.SplitSeq(strings.TrimSpace(table), "\n") {
		fn(strings.Split(line, "|"))
	}
}

func (v *vocabulary) phrase(p string, name Kind) {
	n := strings.Count(p, " ") + 1
	if _, known := v.phrases[p]; known || p == "" {
		return
	}
	v.phrases[p] = name
	v.longest = max(v.longest, n)
	if n == 1 && len(p) >= 6 {
		v.single = append(v.single, linkage.NewWord(p))
	}
}

// misspelt returns the phrase of one word that a long word is a slip of, "" when there is none.
func (v *vocabulary) misspelt(word string) string {
	if len(word) < 6 {
		return ""
	}
	runes := []rune(word)
	for i := range v.single {
		limit := 1
		if len(v.single[i].Text) >= 9 {
			limit = 2
		}
		if word[0] == v.single[i].Text[0] && linkage.Distance(runes, []rune(v.single[i].Text), limit) <= limit {
			return v.single[i].Text
		}
	}
	return ""
}
