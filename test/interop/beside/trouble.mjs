import assert from 'node:assert/strict'
import { until } from '../await.mjs'
import { alice, bob, carol, chat, jid } from '../people.mjs'

export async function trouble(world) {
  const { a, b, runtime, control, step, stage } = world
  const noise = await control.addGroup('Noise', alice, bob, carol)

  await step('A garbled message arrives, direct and in a group', 'a phone', 'both show it, after each asked for it again', async () => {
    for (const [to, shown] of [[alice, chat(carol)], [noise.jid, noise.jid]]) {
      const id = await control.send(carol, to, `garbled for both in ${to}`, { garbled: true })
      await Promise.all([runtime.message(shown, id, m => m.body), a.message(`garbled for both in ${to}`)])
    }
  })
  await step('A phone cannot decrypt', 'runtime', 'once; the phone gets it when it asks again', async () => {
    await control.post('/faults', { failDecryption: { user: carol, times: 1 } })
    const id = await runtime.send('sendText', chat(carol), { text: 'again, by the runtime' })
    await control.text(carol, 'again, by the runtime')
    await a.message(id)
    assert.equal(a.log.all('message', m => m.key.id === id).length, 1)
  })
  await step('A phone cannot decrypt', 'Baileys', 'once; the phone gets it when it asks again', async () => {
    await control.post('/faults', { failDecryption: { user: carol, times: 1 } })
    const { id } = await a.send(jid(carol), { text: 'again, by Baileys' })
    await control.text(carol, 'again, by Baileys')
    await runtime.message(chat(carol), id)
  })
  await step('Be away, and come back', 'runtime', 'it shows what it missed of Baileys and of a contact', async () => {
    await runtime.stop()
    const own = await a.send(jid(bob), { text: 'while the runtime was away' })
    const theirs = await b.send(jid(alice), { text: 'are you there?' })
    await b.message(own.id)
    await a.message(theirs.id)
    world.runtime = await stage.runtime('alice')
    await world.runtime.working()
    await world.runtime.message(chat(bob), own.id, m => m.fromMe)
    await world.runtime.message(chat(bob), theirs.id, m => !m.fromMe)
  })
  await step('Be away, and come back', 'Baileys', 'it shows what it missed of the runtime and of a contact', async () => {
    const from = a.log.mark()
    await a.close()
    const own = await world.runtime.send('sendText', chat(bob), { text: 'while Baileys was away' })
    const theirs = await b.send(jid(alice), { text: 'and you?' })
    await b.message(own)
    a.ending = false
    a.connect()
    await a.open(from)
    assert.equal((await a.message(own)).key.fromMe, true)
    await a.message(theirs.id)
  })
  await step('Log out', 'Baileys', 'it works on: a text arrives, another goes out', async () => {
    a.ending = true
    await a.socket.logout()
    const devices = async () => (await control.get('/users')).find(u => u.number === alice).devices
    await until('one device to be left', async () => (await devices()).length === 1)
    const { id } = await b.send(jid(alice), { text: 'only one is left' })
    await world.runtime.message(chat(bob), id)
    await b.message(await world.runtime.send('sendText', chat(bob), { text: 'still here' }))
  })
  await step('All stanzas', 'both', 'the simulator knew every one', async () => {
    assert.deepEqual(await control.get('/unhandled'), [])
    await b.close()
  })
}
