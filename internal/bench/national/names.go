package national

import "strings"

// speech is how the names of a language are built: beginnings, middles and ends. They are
// invented; only the letters are those of languages.
type speech struct{ begin, middle, end []string }

func speak(begin, middle, end string) speech {
	return speech{strings.Fields(begin), strings.Fields(middle), strings.Fields(end)}
}

var speeches = []speech{
	speak("Ba Che Da Fu Ga Ha Ki Ku La Ma Mba Mo Mu Na Nda Nga Nya O Pa Ro Sa Shi Ta Tu U Wa Wi Ya Za Zu", "ba chi da fu ka ki la li lo ma mbi mu na ndo nga ni pa ra ri sa sho ta ti wa ya zi", "ba bi go ka ki la li mba mu na ne ni nga ra ri ro sa ta ti tu wa we ya za zo"),
	speak("Al An Be Bran Car Da El Fer Gar Ju La Lo Mar Mon Na Pe Ra San So Te Va Vi", "ba be ca co da di fe la le li ma mi na ni ra re ri sa te ti va", "ção da dez eira el ín la les lho na nço ño ra ria res rón são so ta te vas zález"),
	speak("Ab Adé Aki Ay Bo Chi Chu E Fo Ife I Kò Ngo Ob O Olú Sò Té Tò Uz", "ba bu ch da de fé fo gbo ke la lu ma mi n na ne ní ola ra ri sa se wa ye", "balá de dé dù gba kà ke la lé lu ma mi na ndu ni rá re só te wo yé"),
	speak("An Bau Ber Blüm Brö Fär Grö Ha Hö Jan Kö Kra Lind Mö Mü Nor Öst Re Schä Stein Tör Vo Wä Zim", "be ber den der do fe ge hau le li mer na nen re se te ter we", "ald bäck berg dahl dorf fer gård hof holm kvist lein lund mann nen ner qvist rath sen ström thal wald"),
	speak("Aç Bay Be Ça Čer De Er Gö Gü Ha I İl Ka Kı Koş Lu Me Niş Oz Öz Ş So Ta Ul Vl Ya Žu", "ba ca da di ğa ka ko la le ma me na nı ra rı sa ta tu va za", "cı ćić dağ ek er ğlu ić kan lar lı maz men nik oğlu ova ski soy taş tekin ün ylmaz"),
	speak("Ấ B Bì Đ Đỗ H Hồ K L Lê M N Ng Ph Qu S Th Tr V Xu", "ao au iê inh oa oà uô uyê ươ ắ ế ồ ụ", "c ch m n ng nh p t"),
	speak("Бо Ве Гри Да Же За Ива Ки Ле Ма Ни Оле Пе Ро Се Та Ще Юр", "ба ва го де ли ло ма на ни ра ре ро са та", "вич ев енко ин ко ов ова ский чук юк"),
	speak("ሀ ለ መ ሰ ቀ በ ተ ነ አ ከ ወ ገ ደ ጸ", "ለ መ ረ ሰ በ ተ ነ ከ ገ ደ", "ል ም ር ስ ብ ት ን ው"),
}

// often is how often a name is of each language.
var often = weigh(40, 14, 14, 10, 9, 5, 4, 4)

// word builds a name of up to so many middles.
func word(d *dice, middles int) string {
	s := speeches[often.pick(d)]
	var b strings.Builder
	b.WriteString(s.begin[d.below(len(s.begin))])
	for range d.below(middles + 1) {
		b.WriteString(s.middle[d.below(len(s.middle))])
	}
	b.WriteString(s.end[d.below(len(s.end))])
	return b.String()
}

// How many different names people may have. Some are borne by many, most by few.
const (
	familyNames = 40_000
	givenNames  = 8_000
)

// words builds a list of names.
func (c *Country) words(what uint64, n, middles int) []string {
	out := make([]string, n)
	for i := range out {
		d := c.throw(what, i)
		out[i] = word(&d, middles)
	}
	return out
}

// popular returns a number below n, small ones more often.
func popular(d *dice, n int) int {
	u := d.unit()
	return int(u * u * u * float64(n))
}
