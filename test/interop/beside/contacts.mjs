import { until } from '../await.mjs'
import { alice, bob, carol, chat, jid } from '../people.mjs'

export async function contacts({ a, runtime, control, step }) {
  const saved = (number, name) => control.chat(alice, jid(number), (_, view) => view.contacts[jid(number)]?.fullName === name)
  const named = (number, name) => until(`the runtime to name ${number}`, async () =>
    (await runtime.call('GET', `/api/contacts?session=${runtime.session}&contactId=${encodeURIComponent(chat(number))}`)).name === name)

  await step('Name a contact, and name it anew', 'runtime', 'both names; the phone saves them', async () => {
    for (const [lastName, name] of [['Jones', 'Carol Jones'], ['Smith', 'Carol Smith']]) {
      await runtime.of('PUT', `/contacts/${encodeURIComponent(chat(carol))}`, { firstName: 'Carol', lastName })
      await a.log.wait('contacts.upsert', c => c.id === jid(carol) && c.name === name)
      await saved(carol, name)
      await named(carol, name)
    }
  })
  await step('Name a contact, and name it anew', 'Baileys', 'both names; the phone saves them', async () => {
    for (const fullName of ['Bob Jones', 'Bob Smith']) {
      await a.socket.addOrEditContact(jid(bob), { fullName, firstName: 'Bob', saveOnPrimaryAddressbook: true })
      await saved(bob, fullName)
      await named(bob, fullName)
    }
  })
}
