import assert from 'node:assert/strict'
import { until } from '../await.mjs'
import { bob, carol } from '../people.mjs'

export async function channels({ a, b, runtime, control, step }) {
  const at = id => `/channels/${encodeURIComponent(id)}`
  const role = async id => (await a.socket.newsletterMetadata('jid', id)).viewer_metadata.role
  const news = await control.addChannel(carol, 'News')
  const listed = (id, name) => runtime.chat(id, c => c.name === name)
  const gone = id => until('the chat to be gone', async () => !(await runtime.of('GET', '/chats?limit=500')).some(c => c.id === id))

  await step('Follow and unfollow a channel', 'runtime', 'that the account follows it, and no longer does', async () => {
    await runtime.of('POST', `${at(news.jid)}/follow`)
    assert.equal(await role(news.jid), 'SUBSCRIBER')
    await runtime.of('POST', `${at(news.jid)}/unfollow`)
    assert.equal(await role(news.jid), 'GUEST')
  })
  await step('Follow and unfollow a channel', 'Baileys', 'the chat of the channel, and no longer', async () => {
    await a.socket.newsletterFollow(news.jid)
    await listed(news.jid, 'News')
    assert.equal((await runtime.of('GET', at(news.jid))).role, 'SUBSCRIBER')
    await a.socket.newsletterUnfollow(news.jid)
    await gone(news.jid)
    await a.socket.newsletterFollow(news.jid)
    await listed(news.jid, 'News')
  })
  await step('Write in a channel', 'a phone', 'both show the text', async () => {
    const id = await control.send(carol, news.jid, 'today')
    await runtime.message(news.jid, id, m => m.body === 'today' && !m.fromMe)
    await a.message('today')
  })
  await step('Create a channel and write in it', 'runtime', 'the text, and the contact gets it', async () => {
    const { id } = await runtime.of('POST', '/channels', { name: 'Made by the runtime', description: 'What for' })
    assert.equal(await role(id), 'OWNER')
    await b.socket.newsletterFollow(id)
    await runtime.send('sendText', id, { text: 'from the runtime' })
    await Promise.all([a.message('from the runtime'), b.message('from the runtime'), control.text(bob, 'from the runtime')])
  })
  await step('Create a channel and write in it', 'Baileys', 'the channel and the text; the contact gets it', async () => {
    const { id } = await a.socket.newsletterCreate('Made by Baileys', 'What for')
    await listed(id, 'Made by Baileys')
    await b.socket.newsletterFollow(id)
    const sent = await a.send(id, { text: 'from Baileys' })
    await runtime.message(id, sent.id, m => m.body === 'from Baileys')
    await b.message('from Baileys')
  })
}
