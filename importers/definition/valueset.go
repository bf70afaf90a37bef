package definition

// ValueSet is the body of a ValueSet.
type ValueSet struct {
	URL          string   `json:"url"`
	Version      string   `json:"version,omitempty"`
	Name         string   `json:"name"`
	Title        string   `json:"title,omitempty"`
	Status       string   `json:"status"`
	Experimental bool     `json:"experimental"`
	Publisher    string   `json:"publisher,omitempty"`
	Description  string   `json:"description"`
	Copyright    string   `json:"copyright,omitempty"`
	Compose      *Compose `json:"compose,omitempty"`
}

// Compose says which codes a value set has.
type Compose struct {
	Include []Include `json:"include"`
}

// Include is a part of a value set.
type Include struct {
	System string `json:"system"`
}
