package e2e_test

// rulesDirectory are the resources that the rules of search are tried on.
var rulesDirectory = []string{
	// Organizations: odd characters in identifiers and names, several scripts, flags.
	`{"resourceType":"Organization","id":"root","active":true,"name":"Ministry","type":[{"coding":[{"system":"urn:kind","code":"gov","display":"Government office"}]}],"identifier":[{"system":"urn:x","value":"1"}],"address":[{"use":"work","text":"Main office","line":["1 Uhuru Highway"],"city":"Nairobi","state":"Nairobi County","postalCode":"00100","country":"KE"}]}`,
	`{"resourceType":"Organization","id":"comma","active":true,"name":"Able, Baker","identifier":[{"system":"urn:x","value":"a,b"}],"partOf":{"reference":"Organization/root"},"type":[{"coding":[{"system":"urn:kind","code":"a,b"}]}]}`,
	`{"resourceType":"Organization","id":"pipe","name":"Pipe|Line","identifier":[{"system":"urn:x","value":"a|b"}],"partOf":{"reference":"Organization/root"},"type":[{"coding":[{"system":"urn:kind","code":"clinic","display":"Clinic, rural"}]}]}`,
	`{"resourceType":"Organization","id":"dollar","active":false,"name":"Cost $5","identifier":[{"system":"urn:x","value":"a$b"}],"partOf":{"reference":"Organization/comma"},"type":[{"coding":[{"system":"urn:kind","code":"clinic"}]},{"coding":[{"system":"urn:kind","code":"gov"}]}]}`,
	`{"resourceType":"Organization","id":"slash","name":"Back\\slash","identifier":[{"system":"urn:x","value":"a\\b"}],"type":[{"text":"Community post"}]}`,
	`{"resourceType":"Organization","id":"nosys","name":"No System","identifier":[{"value":"7"},{"system":"urn:y","value":"8","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR"}],"text":"Old number"}}],"alias":["Nameless"]}`,
	`{"resourceType":"Organization","id":"accent","name":"Hôpital Élisabeth","alias":["Сельская больница"],"address":[{"city":"Kisumu"}]}`,
	`{"resourceType":"Organization","id":"sharp","name":"Straße 北京医院 ጤና"}`,
	`{"resourceType":"Organization","id":"wild","name":"100% _full_ *star*"}`,
	`{"resourceType":"Organization","id":"hidden","_name":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"masked"}]},"identifier":[{"system":"urn:z","value":"9"}]}`,

	// Roles: a period of each precision.
	`{"resourceType":"PractitionerRole","id":"p-years","period":{"start":"2015","end":"2017"},"practitioner":{"reference":"Practitioner/amina"}}`,
	`{"resourceType":"PractitionerRole","id":"p-months","period":{"start":"2016-03","end":"2016-05"},"practitioner":{"reference":"Practitioner/amina/_history/1"}}`,
	`{"resourceType":"PractitionerRole","id":"p-days","period":{"start":"2016-03-10","end":"2016-03-20"},"practitioner":{"identifier":{"system":"urn:licence","value":"N-7"}}}`,
	`{"resourceType":"PractitionerRole","id":"p-hours","period":{"start":"2016-03-15T10:00:00+03:00","end":"2016-03-15T12:00:00+03:00"},"practitioner":{"reference":"http://elsewhere.example/fhir/Practitioner/amina"}}`,
	`{"resourceType":"PractitionerRole","id":"p-open","period":{"start":"2016-03-01"},"practitioner":{"reference":"Practitioner/juma"}}`,
	`{"resourceType":"PractitionerRole","id":"p-until","period":{"end":"2016-03-31"},"organization":{"reference":"Organization/comma"}}`,
	`{"resourceType":"PractitionerRole","id":"p-none","organization":{"reference":"Organization/dollar"},"code":[{"coding":[{"system":"urn:cadre","code":"nurse"}]}],"telecom":[{"system":"email","value":"Amina@Example.org"},{"system":"phone","value":"+254 700 111222"}]}`,

	// Code systems: a date of each precision.
	`{"resourceType":"CodeSystem","id":"c-year","url":"http://a.example/c-year","status":"active","content":"complete","date":"2016"}`,
	`{"resourceType":"CodeSystem","id":"c-month","url":"http://a.example/c-month","status":"active","content":"complete","date":"2016-03"}`,
	`{"resourceType":"CodeSystem","id":"c-day","url":"http://a.example/deep/c-day","status":"draft","content":"complete","date":"2016-03-15"}`,
	`{"resourceType":"CodeSystem","id":"c-time","url":"http://a.example/deep/er/c-time","status":"retired","content":"complete","date":"2016-03-15T10:30:00+03:00"}`,

	`{"resourceType":"Practitioner","id":"amina","active":true,"identifier":[{"system":"urn:licence","value":"N-7"}],"name":[{"use":"official","text":"Dr Amina A. Odhiambo","family":"Odhiambo","given":["Amina","Achieng"],"prefix":["Dr"]},{"use":"maiden","family":"van der Berg"}],"telecom":[{"system":"phone","value":"0700-1"},{"system":"email","value":"a@b.example"},{"system":"url","value":"http://amina.example"}],"gender":"female"}`,
	`{"resourceType":"Practitioner","id":"juma","active":false,"name":[{"family":"O'Brien-Müller","given":["Juma"]}],"gender":"male"}`,
	`{"resourceType":"Practitioner","id":"blank","name":[{"text":"Only Text"}]}`,

	`{"resourceType":"Location","id":"nation","status":"active","name":"Nation","position":{"longitude":37,"latitude":0}}`,
	`{"resourceType":"Location","id":"county","status":"active","name":"County","partOf":{"reference":"Location/nation"},"managingOrganization":{"reference":"Organization/root"}}`,
	`{"resourceType":"Location","id":"ward","status":"suspended","name":"Ward","partOf":{"reference":"Location/county"},"position":{"longitude":179.99,"latitude":10}}`,
	`{"resourceType":"Location","id":"site","status":"inactive","name":"Site","partOf":{"reference":"Location/ward"},"managingOrganization":{"reference":"Organization/comma"},"position":{"longitude":-179.99,"latitude":10},"meta":{"tag":[{"system":"urn:t","code":"x"}],"source":"http://src.example/list#7"}}`,
	`{"resourceType":"HealthcareService","id":"anc","active":true,"name":"Antenatal","providedBy":{"reference":"Organization/comma"},"location":[{"reference":"Location/site"},{"reference":"Location/ward"}],"coverageArea":[{"reference":"Location/county"}],"type":[{"coding":[{"system":"urn:svc","code":"1"}]},{"coding":[{"system":"urn:svc","code":"2"}]}]}`,
	`{"resourceType":"Endpoint","id":"end","status":"active","connectionType":{"system":"urn:conn","code":"rest"},"payloadType":[{"text":"any"}],"address":"http://e.example","managingOrganization":{"reference":"Organization/comma"}}`,
	`{"resourceType":"OrganizationAffiliation","id":"aff","active":true,"organization":{"reference":"Organization/root"},"participatingOrganization":{"reference":"Organization/dollar"},"code":[{"coding":[{"system":"urn:h","code":"supply"}]}],"period":{"start":"2016"},"endpoint":[{"reference":"Endpoint/end"}]}`,
}
