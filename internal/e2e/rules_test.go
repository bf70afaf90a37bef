package e2e_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"masjala/internal/testutil"
)

// rules are searches over rulesDirectory and what each finds, by what they try.
var rules = map[string]map[string]string{
	"escapes in tokens": {
		`Organization?identifier=urn:x|a\,b`: "comma", `Organization?identifier=a\,b`: "comma", `Organization?identifier=urn:x|a\|b`: "pipe", `Organization?identifier=a\|b`: "pipe",
		`Organization?identifier=urn:x|a\$b`: "dollar", `Organization?identifier=urn:x|a$b`: "dollar", `Organization?identifier=urn:x|a\\b`: "slash",
		`Organization?identifier=a,b`: "", `Organization?identifier=urn:x|a%5C%2Cb`: "comma", `Organization?identifier=urn%3Ax%7Ca%5C%7Cb`: "pipe",
		`Organization?identifier=urn:x|a\,b,urn:x|a\\b`: "comma slash", `Organization?type=a\,b`: "comma", `Organization?identifier=urn:x|A\,B`: "",
	},
	"escapes in strings": {
		`Organization?name=able\, baker`: "comma", `Organization?name=able`: "comma", `Organization?name=baker`: "", `Organization?name=zzz,able`: "comma", `Organization?name:exact=Able\, Baker`: "comma",
		`Organization?name:exact=Able, Baker`: "", `Organization?name=pipe\|line`: "pipe", `Organization?name=pipe|line`: "pipe", `Organization?name:contains=\$5`: "dollar", `Organization?name:contains=$5`: "dollar",
		`Organization?name=back\\slash`: "slash", `Organization?name:contains=k\\s`: "slash",
	},
	"characters that mean something to databases": {
		"Organization?name=100%25": "wild", "Organization?name:contains=%25 _": "wild", "Organization?name:contains=*": "wild", "Organization?name=%25": "", "Organization?name:contains=l%25l": "",
		"Organization?name:contains='": "", "Practitioner?family=o'b": "juma", "Practitioner?name:contains=n-M": "juma", `Organization?name:contains="`: "",
	},
	"scripts and cases": {
		"Organization?name=hopital": "accent", "Organization?name=HÔPITAL": "accent", "Organization?name=h%C3%B4pital": "accent", "Organization?name=ho%CC%82pital": "accent", "Organization?name:contains=ELIS": "accent",
		"Organization?name=сельская": "accent", "Organization?name=СЕЛЬСКАЯ": "accent", "Organization?name:exact=Сельская больница": "accent", "Organization?name:contains=больниц": "accent",
		"Organization?name=strasse": "sharp", "Organization?name=straße": "sharp", "Organization?name:contains=京医": "sharp", "Organization?name:contains=ጤና": "sharp", "Practitioner?family=o'brien-muller": "juma",
		"Organization?address-city=KISUMU": "accent", "Organization?address=uhuru": "", "Organization?address=1 uhuru": "root", "Organization?address:contains=UHURU": "root", "Organization?address=00100": "root", "Organization?address-country=ke": "root", "Organization?address-use=work": "root",
	},
	"tokens": {
		"Organization?identifier=|7": "nosys", "Organization?identifier=7": "nosys", "Organization?identifier=|8": "", "Organization?identifier=urn:y|": "nosys", "Organization?identifier=urn:y|7": "", "Organization?identifier=urn:x|1,|7,urn:z|9": "hidden nosys root",
		"Organization?type=urn:kind|clinic&type=urn:kind|gov": "dollar", "Organization?type=clinic,gov": "dollar pipe root", "Organization?active=true": "comma root", "Organization?active=false": "dollar",
		"Practitioner?gender=female": "amina", "Practitioner?gender=Female": "", "Practitioner?gender=http://hl7.org/fhir/administrative-gender|male": "juma",
		"Location?status=http://hl7.org/fhir/location-status|active": "county nation", "Endpoint?connection-type=urn:conn|rest": "end", "Endpoint?connection-type=rest": "end",
		"Practitioner?telecom=phone|0700-1": "amina", "Practitioner?telecom=0700-1": "amina", "Practitioner?phone=0700-1": "amina", "Practitioner?email=0700-1": "", "PractitionerRole?email=amina@example.org": "p-none",
		"PractitionerRole?phone=%2B254 700 111222": "p-none",
	},
	"modifiers of tokens": {
		"Organization?type:not=clinic&active:missing=false": "comma root", "Organization?type:not=clinic,gov&identifier:missing=false": "comma hidden nosys slash", "Organization?active:not=true&_id=root,dollar,pipe": "dollar pipe",
		"Organization?type:not=clinic&type:not=gov&_id=root,dollar,pipe,comma": "comma", "Practitioner?gender:not=female": "blank juma",
		"Organization?type:text=community": "slash", "Organization?type:text=govern": "root", "Organization?identifier:text=old": "nosys", "Organization?type:text=zzz": "",
		"Organization?identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|8": "nosys", "Organization?identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|7": "", "Organization?identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|DL|8": "",
	},
	"missing": {
		"Organization?active:missing=true&identifier=urn:x|": "pipe slash", "Organization?identifier:missing=true": "accent sharp wild", "Organization?name:missing=true": "hidden", "Organization?partof:missing=false": "comma dollar pipe",
		"PractitionerRole?date:missing=true": "p-none", "PractitionerRole?practitioner:missing=true": "p-none p-until", "Location?near:missing=true": "county", "Location?organization:missing=false&partof.partof:missing=false": "site",
		"Location?organization.partof:missing=true": "county", "Location?organization.active:missing=false": "county site", "Practitioner?_has:PractitionerRole:practitioner:date:missing=true": "",
	},
	"dates against periods": {
		"PractitionerRole?date=2016": "p-days p-hours p-months", "PractitionerRole?date=eq2016-03": "p-days p-hours", "PractitionerRole?date=2016-03-15": "p-hours", "PractitionerRole?date=ne2016": "p-open p-until p-years",
		"PractitionerRole?date=gt2016-03-15": "p-days p-months p-open p-until p-years", "PractitionerRole?date=lt2016-03-15": "p-days p-months p-open p-until p-years", "PractitionerRole?date=ge2016-03-15": "p-days p-hours p-months p-open p-until p-years",
		"PractitionerRole?date=le2016-03-15": "p-days p-hours p-months p-open p-until p-years", "PractitionerRole?date=sa2016-03-15": "", "PractitionerRole?date=sa2016-02": "p-days p-hours p-months p-open", "PractitionerRole?date=eb2016-04": "p-days p-hours p-until",
		"PractitionerRole?date=eb2016-03-15T10:00:00Z": "p-hours", "PractitionerRole?date=sa2016-03-15T06:59:59Z": "p-hours", "PractitionerRole?date=sa2016-03-15T07:00:00Z": "", "PractitionerRole?date=gt2018": "p-open", "PractitionerRole?date=lt2015": "p-until",
		"PractitionerRole?date=gt2017": "p-open", "PractitionerRole?date=ge2016-12": "p-open p-years", "PractitionerRole?date=le2016-01": "p-until p-years",
		"PractitionerRole?date=gt2016-03-20&date=lt2016-06": "p-months p-open p-until p-years", "PractitionerRole?date=eb2016,sa2016": "", "PractitionerRole?date=2016-03-15,2016-05": "p-hours", "PractitionerRole?date=gt2016-03-15T11:59:00%2B03:00&date=lt2016-03-15T10:01:00%2B03:00": "p-days p-hours p-months p-open p-until p-years",
	},
	"dates against partial dates": {
		"CodeSystem?date=2016": "c-day c-month c-time c-year", "CodeSystem?date=2016-03": "c-day c-month c-time", "CodeSystem?date=2016-03-15": "c-day c-time", "CodeSystem?date=2016-03-15T07:30Z": "c-time", "CodeSystem?date=2016-03-15T07:30:00Z": "c-time", "CodeSystem?date=2016-03-15T10:30:00%2B03:00": "c-time",
		"CodeSystem?date=gt2016-03": "c-year", "CodeSystem?date=lt2016-03": "c-year", "CodeSystem?date=ge2016-03": "c-day c-month c-time c-year", "CodeSystem?date=ne2016-03": "c-year", "CodeSystem?date=ne2016-03-15": "c-month c-year",
		"CodeSystem?date=sa2016-02": "c-day c-month c-time", "CodeSystem?date=sa2015": "c-day c-month c-time c-year", "CodeSystem?date=eb2017": "c-day c-month c-time c-year", "CodeSystem?date=eb2016-03-16": "c-day c-time", "CodeSystem?date=gt2016-03-15T07:30:00Z": "c-day c-month c-year", "CodeSystem?date=lt2016-03-15T07:30:00Z": "c-day c-month c-year",
		"CodeSystem?date=2016-03-15T10:30:00Z": "",
	},
	"references": {
		"PractitionerRole?practitioner=amina": "p-months p-years", "PractitionerRole?practitioner=Practitioner/amina": "p-months p-years", "PractitionerRole?practitioner:Practitioner=amina": "p-months p-years", "PractitionerRole?practitioner=BASE/Practitioner/amina": "p-months p-years",
		"PractitionerRole?practitioner=http://elsewhere.example/fhir/Practitioner/amina": "p-hours", "PractitionerRole?practitioner:identifier=urn:licence|N-7": "p-days", "PractitionerRole?practitioner:identifier=N-7": "p-days", "PractitionerRole?practitioner:identifier=urn:licence|": "p-days",
		"PractitionerRole?practitioner=Practitioner/amina/_history/1": "p-months", "PractitionerRole?practitioner=juma,amina": "p-months p-open p-years", "PractitionerRole?practitioner=AMINA": "",
		"HealthcareService?location=site&location=ward": "anc", "HealthcareService?location=site&location=county": "", "HealthcareService?coverage-area=county": "anc",
	},
	"chains": {
		"PractitionerRole?practitioner.name=odhi": "p-months p-years", "PractitionerRole?practitioner.family:exact=van der Berg": "p-months p-years", "PractitionerRole?practitioner.active=true&date=2016": "p-months", "PractitionerRole?organization.partof=root": "p-until", "PractitionerRole?organization.partof.partof=root": "p-none",
		"PractitionerRole?organization:Organization.name=able": "p-until", "PractitionerRole?organization.type:not=gov": "p-until", "PractitionerRole?organization.identifier=urn:x|a\\,b": "p-until", "PractitionerRole?organization._id=comma,dollar": "p-none p-until", "PractitionerRole?organization.name=able,cost": "p-none p-until",
		"HealthcareService?organization.partof.name=ministry": "anc", "HealthcareService?location.partof.partof.name=nation": "anc", "HealthcareService?location.status=inactive&location.status=suspended": "anc", "Location?organization.type=gov&partof.name=nation": "county",
		"OrganizationAffiliation?participating-organization.partof.partof=root": "aff", "HealthcareService?location.near=10|-179.99|1|km": "anc", "PractitionerRole?practitioner._has:PractitionerRole:practitioner:_id=p-years": "p-months p-years",
	},
	"reverse chains": {
		"Practitioner?_has:PractitionerRole:practitioner:date=2016": "amina", "Practitioner?_has:PractitionerRole:practitioner:_id=p-open": "juma", "Organization?_has:Location:organization:_has:HealthcareService:location:service-type=1": "comma", "Organization?_has:Organization:partof:_has:Organization:partof:name=cost": "root",
		"Organization?_has:OrganizationAffiliation:participating-organization:role=urn:h|supply": "dollar", "Organization?_has:OrganizationAffiliation:primary-organization:date=ge2020": "root", "Organization?_has:Location:organization:status=inactive,active": "comma root", "Organization?_has:Location:organization:status=inactive&_has:HealthcareService:organization:active=true": "comma",
		"Location?_has:HealthcareService:location:organization.name=able": "site ward", "Location?_has:Location:partof:_has:Location:partof:_has:Location:partof:name=site": "nation", "Organization?_has:Location:organization:name=nobody": "",
	},
	"hierarchies": {
		"Location?partof:below=nation": "county site ward", "Location?partof:below=Location/county": "site ward", "Location?partof:above=site": "county site ward", "HealthcareService?location:below=county": "anc", "HealthcareService?location.partof:below=nation": "anc", "Organization?partof:below=root": "comma dollar pipe", "Location?partof:below=ward,nation": "county site ward",
		"PractitionerRole?organization:below=root": "p-none p-until", "PractitionerRole?organization:below=dollar": "p-none",
	},
	"uris": {
		"CodeSystem?url=http://a.example/deep/c-day": "c-day", "CodeSystem?url=HTTP://a.example/deep/c-day": "", "CodeSystem?url:below=http://a.example/deep": "c-day c-time", "CodeSystem?url:below=http://a.example/dee": "", "CodeSystem?url:above=http://a.example/deep/er/c-time/x": "c-time", "CodeSystem?url=http://a.example/c-year,http://a.example/c-month": "c-month c-year",
		"Location?_source=http://src.example/list%237": "site", "Location?_source=http://src.example/list": "", "Location?_source:below=http://src.example": "site",
	},
	"near": {
		"Location?near=10|180|5|km": "site ward", "Location?near=10|-180|5000|m": "site ward", "Location?near=10|179.99": "site ward", "Location?near=0|37|1|km,10|-179.99|100|m": "nation site", "Location?near=10|179.99|100|m&status=suspended": "ward", "Location?near=10|180|2|[mi_i]": "site ward", "Location?near=10|180|1|km": "",
	},
	"parameters of all": {
		"Location?_id=site,,ward": "site ward", "Location?_id=site&_id=ward": "", "Location?_id=SITE": "", "Location?_tag=x": "site", "Location?_tag:not=x": "county nation ward", "Location?_tag=urn:t|": "site", "Location?_lastUpdated=gt2001&_id=site": "site", "Location?_lastUpdated=ge2001-01-01T00:00:00%2B03:00&_id=site": "site",
		"Location?_id=site&name=": "site", "Location?_id=site&=x": "site",
	},
	"includes": {
		"Location?_id=site&_include=Location:partof&_include:iterate=Location:partof": "site +county +nation +ward", "Location?_id=nation&_revinclude=Location:partof&_revinclude:iterate=Location:partof": "nation +county +site +ward", "Location?_id=site&_include=Location:partof:Location": "site +ward", "Location?_id=site&_include=*": "site +comma +ward",
		"Organization?_id=comma&_revinclude=*": "comma +anc +dollar +end +p-until +site", "HealthcareService?_include=HealthcareService:location&_include=HealthcareService:organization&_include:iterate=Location:partof": "anc +comma +county +nation +site +ward", "PractitionerRole?_id=p-months&_include=PractitionerRole:practitioner": "p-months +amina",
		"Practitioner?_id=amina&_revinclude=PractitionerRole:practitioner": "amina +p-months +p-years", "OrganizationAffiliation?_include=OrganizationAffiliation:endpoint&_include:iterate=Endpoint:organization": "aff +comma +end", "Organization?_id=dollar&_revinclude=OrganizationAffiliation:participating-organization&_include:iterate=OrganizationAffiliation:primary-organization": "dollar +aff +root",
		"Location?_id=site,ward&_include=Location:partof": "site ward +county", "Organization?_id=root&_revinclude=Location:organization:Organization": "root +county",
	},
	"filters": {
		`Organization?_filter=name eq "Able, Baker"`: "comma", `Organization?_filter=identifier eq urn:x|1 or name co "full"`: "root wild", `Organization?_filter=not (active eq true) and partof pr true`: "dollar pipe", `Location?_filter=partof.name eq "Nation"`: "county", `PractitionerRole?_filter=date ge 2018-01-01`: "p-open",
		`Organization?_filter=(name sw "a" or name sw "p") and active eq true`: "comma",
	},
}

func TestRulesOfSearch(t *testing.T) {
	testutil.Requirement(t, "MD-A6", "MD-90-6", "R4-S1", "R4-S4", "R4-S6", "R4-S8", "R4-S9", "R4-S10", "R4-S11", "R4-S12", "MD-90-3", "MD-90-4", "MD-I-1", "MD-I-2")
	t.Parallel()
	c := newClient(t, start(t, t.TempDir()))
	c.put(rulesDirectory...)
	for what, queries := range rules {
		t.Run(what, func(t *testing.T) {
			c := *c
			c.t = t
			for query, want := range queries {
				query = strings.ReplaceAll(query, "BASE", c.base)
				r := c.do("GET", "/"+query, "")
				if got := r.found(); r.status != 200 || got != want {
					t.Errorf("%s\n finds %q, want %q (%d %s)", query, got, want, r.status, r.diagnostics())
				}
				typ, form, _ := strings.Cut(query, "?")
				if p := c.do("POST", "/"+typ+"/_search", strings.ReplaceAll(form, " ", "%20"), "Content-Type: application/x-www-form-urlencoded"); p.found() != r.found() || p.get("total") != r.get("total") {
					t.Errorf("%s by POST finds %q of %s, by GET %q of %s", query, p.found(), p.get("total"), r.found(), r.get("total"))
				}
			}
		})
	}
}

// _lastUpdated compares to the millisecond, and by whole seconds as by any other span.
func TestLastUpdatedToTheMillisecond(t *testing.T) {
	testutil.Requirement(t, "MD-90-4", "MD-90-5", "SV-95-4")
	t.Parallel()
	c := newClient(t, start(t, t.TempDir()))
	at, err := time.Parse(time.RFC3339, c.must("PUT", "/Location/l", `{"resourceType":"Location","id":"l","name":"L","status":"active"}`).get("meta.lastUpdated"))
	if err != nil {
		t.Fatal(err)
	}
	milli := func(d time.Duration) string { return at.Add(d).Format("2006-01-02T15:04:05.000Z") }
	second := func(d time.Duration) string { return at.Add(d).Format("2006-01-02T15:04:05Z") }
	east := at.In(time.FixedZone("", 3*3600)).Format("2006-01-02T15:04:05.000-07:00")
	for value, want := range map[string]bool{
		milli(0): true, "eq" + milli(0): true, "ne" + milli(0): false, "gt" + milli(0): false, "ge" + milli(0): true, "lt" + milli(0): false, "le" + milli(0): true, "sa" + milli(0): false, "eb" + milli(0): false,
		"gt" + milli(-time.Millisecond): true, "sa" + milli(-time.Millisecond): true, "lt" + milli(time.Millisecond): true, "eb" + milli(time.Millisecond): true, "ge" + milli(time.Millisecond): false, "le" + milli(-time.Millisecond): false, milli(time.Millisecond): false,
		second(0): true, "gt" + second(0): false, "ge" + second(0): true, "lt" + second(0): false, "le" + second(0): true, "sa" + second(0): false, "eb" + second(0): false, "sa" + second(-time.Second): true, "eb" + second(time.Second): true, "ne" + second(0): false,
		"ge" + at.Format("2006-01-02"): true, "sa" + at.Format("2006-01-02"): false, at.Format("2006"): true, at.Format("2006-01"): true, url.QueryEscape(east): true, "gt" + url.QueryEscape(east): false, "le" + url.QueryEscape(east): true,
	} {
		if r := c.do("GET", "/Location?_lastUpdated="+value, ""); r.status != 200 || (r.get("total") == "1") != want {
			t.Errorf("at %s, _lastUpdated=%s finds %s (%d %s), want %v", milli(0), value, r.get("total"), r.status, r.diagnostics(), want)
		}
	}
}
