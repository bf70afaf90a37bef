package facilities_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/importers"
	"masjala/importers/facilities"
	"masjala/importers/importtest"
	"masjala/internal/testutil"
)

// Headings of ministries' lists with what their columns mean; areas have their level.
func TestHeadingsOfManyCountries(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	for name, tc := range map[string]struct{ headings, values, want string }{
		"Congo": {"Province;Zone de santé;Aire de santé;Nom FOSA;Type FOSA;Appartenance;Téléphone IT;Observations", "Kwilu;Vanga;Lusekele;Lusekele;CS;Etat;0810000001;x",
			"area 1;area 2;area 3;name;type;ownership;phone;"},
		"Mozambique": {"Cód. US;Província;Distrito;Posto Administrativo;Nome da Unidade Sanitária;Tipo de US;Nível", "012345;Nampula;Monapo;Netia;CS de Netia;CS II;Primário",
			"id;area 1;area 2;area 3;name;type;"},
		"Equatorial Guinea": {"Distrito;Municipio;Nombre del establecimiento de salud;Tipo de establecimiento;Titularidad", "Baney;Rebola;Rebola;Centro de Salud;Estatal",
			"area 1;area 2;name;type;ownership"},
		"Sudan": {"الولاية;المحلية;الوحدة الإدارية;اسم المرفق الصحي;نوع المرفق;الملكية;الحالة;الهاتف;ملاحظات", "كسلا;كسلا;أ;مركز صحي النور;مركز صحي;حكومي;يعمل;0912000001;x",
			"area 1;area 2;area 3;name;type;ownership;status;phone;"},
		"Tanzania": {"Mkoa;Wilaya;Kata;Jina la Kituo cha Afya;Ngazi ya Kituo;Mmiliki", "Morogoro;Kilosa;Kimamba;Kimamba;Zahanati;Serikali", "area 1;area 2;area 3;name;type;ownership"},
		"Uganda":   {"District;HSD;Sub county;Parish;Health Unit;Level;Authority", "Gulu;Aswa;Awach;Paduny;Awach;HC IV;GOVT", "area 1;area 2;area 3;area 4;name;type;ownership"},
		"Nepal":    {"Province;District;Local Level (Palika);Ward No.;Name of Health Facility;HF Type", "Bagmati;Kavre;Panauti;7;Panauti;PHCC", "area 1;area 2;area 3;area 4;name;type"},
		"Mauritania": {"Matricule;Wilaya;Moughataa;Commune;Structure;Catégorie;Mise en service", "012;Trarza;Rosso;Rosso;PS Rosso;PS;1999",
			"id;area 1;area 2;area 3;name;type;opened"},
		"Niger": {"REGION;DISTRICT;AIRE_SANTE;Nom_CSI;Type_FS", "Niamey;Niamey I;Boukoki;CSI Boukoki;CSI 1", "area 1;area 2;area 3;name;type"},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := facilities.Propose(importers.Request{File: importtest.File(t, "list.csv", []byte(tc.headings+"\n"+tc.values+"\n"))})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range m.Columns {
				if c.Level > 0 {
					c.Target += fmt.Sprint(" ", c.Level)
				}
				got = append(got, c.Target)
			}
			if diff := cmp.Diff(strings.Split(tc.want, ";"), got); diff != "" {
				t.Errorf("targets (-want +got):\n%s", diff)
			}
		})
	}
}
