package history

import (
	"fmt"
	"math/rand/v2"
)

var firstNames = []string{
	"Amara", "Anna", "Arjun", "Beatriz", "Carlos", "Chen", "Chloe", "Diego", "Elif", "Emma", "Fatima", "Felix",
	"Grace", "Hiroshi", "Ines", "Ivan", "Jonas", "Kofi", "Lara", "Leila", "Liam", "Lucia", "Mateo", "Mei", "Mia",
	"Mohamed", "Nadia", "Noah", "Olga", "Omar", "Paula", "Priya", "Rafael", "Rosa", "Samuel", "Sara", "Sofia",
	"Tariq", "Thandi", "Tomas", "Valentina", "Wei", "Yara", "Yusuf", "Zoe",
}

var lastNames = []string{
	"Abe", "Adeyemi", "Ahmed", "Almeida", "Becker", "Brown", "Castro", "Costa", "Demir", "Dubois", "Fernandes",
	"Fischer", "Garcia", "Gupta", "Haddad", "Ibrahim", "Ivanova", "Jensen", "Kim", "Kowalski", "Kumar", "Lopez",
	"Martin", "Mbeki", "Meyer", "Moreau", "Nguyen", "Novak", "Okafor", "Pereira", "Petrov", "Rossi", "Santos",
	"Schmidt", "Silva", "Singh", "Tanaka", "Torres", "Weber", "Yilmaz",
}

func personName(random *rand.Rand) string {
	return firstNames[random.IntN(len(firstNames))] + " " + lastNames[random.IntN(len(lastNames))]
}

var groupTopics = []string{
	"Sales", "Support", "Family", "Running club", "Parents of class", "Book circle", "Warehouse", "Project",
	"Neighbours", "Dealers", "Night shift", "Suppliers", "Choir", "Football", "Trip to",
}

var groupPlaces = []string{
	"Berlin", "São Paulo", "Lagos", "Mumbai", "Lisbon", "Jakarta", "Nairobi", "Bogotá", "Istanbul", "Madrid",
	"Accra", "Manila", "Vienna", "Cairo", "Lima",
}

func groupName(random *rand.Rand, i int) string {
	return fmt.Sprintf("%s %s %d", groupTopics[random.IntN(len(groupTopics))], groupPlaces[random.IntN(len(groupPlaces))], i)
}

var sentences = []string{
	"Hello! Is anybody there?", "Thank you so much 🙏", "Perfect, see you tomorrow.", "Can you call me back?",
	"I have not received order %d yet.", "The invoice %d is paid.", "Where can I change my address?",
	"We ship on Monday.", "Good morning ☀️", "Sorry, I was on the road.", "Order %d arrived, all fine!",
	"The parcel %d is at the post office.", "Could you send me the price list?", "That is fine with me.",
	"I will ask my colleague and come back to you.", "Is the shop open on Saturday?", "Yes", "No, thanks.",
	"Your ticket %d is solved. May we close it?", "What is the delivery time for article %d?", "👍", "😂😂",
	"The meeting moves to %d o'clock.", "Please confirm reservation %d.", "I sent you the document.",
	"Happy birthday! 🎉", "We need %d more pieces until Friday.", "How much is it with tax?",
	"The link does not work on my phone.", "Try it again please, it should work now.", "One moment.",
	"Have a nice weekend!", "I would like to return article %d, it is too small.",
}

func sentence(random *rand.Rand) string {
	text := sentences[random.IntN(len(sentences))]
	for i := range len(text) {
		if text[i] == '%' {
			return fmt.Sprintf(text, 1+random.IntN(99_999))
		}
	}
	return text
}

var captions = []string{"", "", "Look at this", "The label", "From this morning", "Which one do you like?", "As discussed"}

func caption(random *rand.Rand) string { return captions[random.IntN(len(captions))] }

func documentName(random *rand.Rand) string {
	kinds := []string{"Invoice", "Offer", "Contract", "Delivery note", "Price list"}
	return fmt.Sprintf("%s %d.pdf", kinds[random.IntN(len(kinds))], 1000+random.IntN(9000))
}

type place struct {
	name                string
	latitude, longitude float64
}

var places = []place{
	{"Alexanderplatz", 52.5219, 13.4132}, {"Praça da Sé", -23.5505, -46.6333}, {"Gateway of India", 18.9220, 72.8347},
	{"Galata Bridge", 41.0199, 28.9734}, {"Plaza Mayor", 40.4155, -3.7074}, {"Uhuru Park", -1.2890, 36.8170},
}
