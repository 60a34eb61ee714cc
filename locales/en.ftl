# English: the second language. Every text here can be overridden per bot.

welcome = Welcome to { $brand } 👋
    Choose a service to get a temporary number:
no-services = Welcome to { $brand } 👋
    No services are available right now.
choose-country = Choose the country for: { $service }
country-button = { $flag } { $country } +{ $code } · { $price } · { $free }
offer = { $service } · { $country }
    Price: { $price }
    Numbers available: { $free }
    Your free balance: { $balance }
    Time limit: { $limit }
reserved = ✅ Your number is reserved:
    { $number }
    The verification code will be sent here as soon as it arrives.
    Price: { $price } · Time left: { $left }
code = 🔐 Your code has arrived!
    Number:
    { $number }
    Code:
    { $code }
    { $price } was taken from your balance. Balance now: { $balance }
expired = Time is up and no code arrived; nothing was taken from your balance.
    { $number }
canceled = ❌ The rental was canceled and the number returned; nothing was taken from your balance.
ended-completed = ✅ The code of this number has arrived:
    { $number }
ended-expired = ⌛ The time for this number is up:
    { $number }
ended-canceled = ❌ The rental of this number was canceled:
    { $number }
ended-failed = ⚠️ The rental of this number ended unpaid:
    { $number }
short = Your balance is too low: { $missing } more is needed.
no-stock = No numbers are available for this country and service right now
no-other-number = No other number is free right now; you keep the present one.
no-provider = This service is not available right now
price-changed = The price has changed; please look at the new offer.
rental-ended = This rental has ended.
stale = This button is no longer valid.
not-found = That was not found.
busy = The service is busy right now; please try again in a moment.
broken = Something unexpected went wrong; the operator has been told.
balance = 💰 Your balance: { $balance }
    Held for open rentals: { $held }
no-transactions = No movements yet.
entry-add = ➕ { $amount } · added · { $date }
entry-deduct = ➖ { $amount } · deducted · { $date }
entry-purchase = 🔐 { $amount } · code bought · { $date }
entry-reward = 🎁 { $amount } · reward · { $date }
history = 🧾 Your rentals
no-history = 🧾 No rentals yet.
history-row = { $service } · { $country } · { $state } · { $date }
open-rentals = ⏳ Your open rentals:
no-open-rentals = You have no open rentals.
state-waiting_code = ⏳ waiting for the code
state-code_received = 💬 code came, not paid
state-completed = ✅ completed
state-expired = ⌛ expired
state-canceled = ❌ canceled
state-failed = ⚠️ not paid
help = ℹ️ Choose a service, then a country, reserve a number and use it to sign up. The code arrives here, and you pay only when it does.
    /start Home
    /balance My balance
    /history My rentals
    /language Language
    /cancel Cancel
choose-language = 🌐 Choose a language:
no-rewards = 🎁 There are no reward channels right now.
too-many = { $seconds ->
    [one] Too many attempts, wait { $seconds } second.
   *[other] Too many attempts, wait { $seconds } seconds.
 }
minutes = { $count ->
    [0] less than a minute
    [one] { $count } minute
   *[other] { $count } minutes
 }
amount = { $amount } { $currency }
free-count = { $count ->
    [0] none
   *[other] { $count }
 }
free-many = more than { $count }

button-services = Services
button-open = ⏳ My open rentals
button-free-credit = 🎁 Free credit
button-balance = 💰 My balance
button-history = 🧾 My rentals
button-help = ℹ️ Help
button-language = 🌐 Language
button-reserve = 📲 Reserve a number
button-change-number = 🔄 Change number
button-change-country = 🔄 Change country
button-cancel = ❌ Cancel
button-close = ❌ Close
button-again = 🔁 Reserve another
button-support = 🆘 Support
button-home = 🏠 Home
button-back = 🔙 Back
button-previous = ⏮️ Previous
button-next = ⏭️ Next
button-copy-number = 📋 Copy number
button-copy-code = 📋 Copy code

command-start = Home
command-balance = My balance
command-history = My rentals
command-language = Language
command-help = Help
command-cancel = Cancel
