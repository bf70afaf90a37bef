package fhir_test

import (
	"testing"

	"masjala/fhir"
)

func TestNarrative(t *testing.T) {
	tests := map[string]struct {
		div  string
		want bool
	}{
		"a plain text":                {`<div>a</div>`, true},
		"with its namespace":          {`<div xmlns="http://www.w3.org/1999/xhtml" xml:lang='sw'>a</div>`, true},
		"blanks around":               {" <div>a</div>\n", true},
		"a table":                     {`<div><table><tbody><tr><td colspan="2">1</td></tr></tbody></table></div>`, true},
		"an empty element":            {`<div>a<br/>b<hr />c</div>`, true},
		"a comment":                   {`<div><!-- <script> --></div>`, true},
		"entities":                    {`<div>a &amp; b &#160; &#xA0; &nbsp;</div>`, true},
		"a link and an image":         {`<div><a href="http://a.example?x=1&amp;y=2">a</a><img src="#p" alt="p"/></div>`, true},
		"a div in a div":              {`<div><div>a</div></div>`, true},
		"no div":                      {`<p>a</p>`, false},
		"an entity nobody knows":      {`<div>&nonsense;</div>`, false},
		"a character XML cannot hold": {`<div>&#1;</div>`, false},
		"no character at all":         {`<div>&#xD800;</div>`, false},
		"an entity in capitals":       {`<div title="&Eacute;">&Eacute;</div>`, true},
		"another namespace":           {`<div xmlns="http://www.w3.org/1999/html">a</div>`, false},
		"another namespace within":    {`<div><p xmlns="urn:x">a</p></div>`, false},
		"a prefix nobody declared":    {`<div x:lang="sw">a</div>`, false},
		"an attribute twice":          {`<div class="a" class="b">a</div>`, false},
		"a comment XML cannot hold":   {`<div><!-- a -- b --></div>`, false},
		"a comment that ends oddly":   {`<div><!-- a ---></div>`, false},
		"text only":                   {`a`, false},
		"a second div":                {`<div>a</div><div>b</div>`, false},
		"text after the div":          {`<div>a</div>b`, false},
		"a div that does not end":     {`<div>a`, false},
		"tags that cross":             {`<div><b><i>a</b></i></div>`, false},
		"a tag that does not end":     {`<div`, false},
		"a comment that does not":     {`<div><!-- a</div>`, false},
		"a script":                    {`<div><script>a()</script></div>`, false},
		"a form":                      {`<div><form action="x"></form></div>`, false},
		"a frame":                     {`<div><iframe src="x"></iframe></div>`, false},
		"an object":                   {`<div><object data="x"></object></div>`, false},
		"an event":                    {`<div><p OnClick="a()">a</p></div>`, false},
		"an address that is script":   {`<div><a href=" JavaScript:a()">a</a></div>`, false},
		"an attribute without value":  {`<div><p hidden>a</p></div>`, false},
		"an attribute without quote":  {`<div><p class=a>a</p></div>`, false},
		"a value that does not end":   {`<div><p class="a>a</p></div>`, false},
		"a lone ampersand":            {`<div>a & b</div>`, false},
		"an entity without end":       {`<div>a &amp b</div>`, false},
		"an element of HTML 5":        {`<div><video></video></div>`, false},
		"a document type":             {`<div><!DOCTYPE x></div>`, false},
		"a processing instruction":    {`<div><?php a() ?></div>`, false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			text := append([]byte(`{"resourceType":"Basic","text":{"status":"generated","div":`), fhir.AppendString(nil, tc.div)...)
			_, err := fhir.Parse(append(text, "}}"...))
			if (err == nil) != tc.want {
				t.Errorf("Parse of %s: %v", tc.div, err)
			}
		})
	}
}
