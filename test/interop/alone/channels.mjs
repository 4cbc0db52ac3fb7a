import assert from 'node:assert/strict'
import { alice, bob, carol } from '../people.mjs'

export async function channels({ a, b, control, step }) {
  const news = await control.addChannel(carol, 'News')

  await step('Find, follow, mute and unfollow a channel', 'its name, and the role and the mute state of the account', async () => {
    const found = await a.socket.newsletterMetadata('invite', news.invite)
    assert.deepEqual([found.id, found.thread_metadata.name.text], [news.jid, 'News'])
    const viewer = async () => (await a.socket.newsletterMetadata('jid', news.jid)).viewer_metadata
    assert.equal((await viewer()).role, 'GUEST')
    await a.socket.newsletterFollow(news.jid)
    await a.socket.newsletterMute(news.jid)
    assert.deepEqual(await viewer(), { mute: 'ON', role: 'SUBSCRIBER' })
    await a.socket.newsletterUnmute(news.jid)
    await a.socket.newsletterUnfollow(news.jid)
    assert.equal((await viewer()).role, 'GUEST')
    await assert.rejects(a.socket.newsletterMetadata('jid', '120363999999999999@newsletter'), /Not Found/)
  })
  await step('A phone writes in a channel', 'the text, and a reaction to it', async () => {
    await control.changeChannel(news.jid, { follow: alice })
    await control.send(carol, news.jid, 'today')
    const { key } = await a.message('today')
    assert.equal(key.remoteJid, news.jid)
    await a.socket.newsletterReactMessage(news.jid, key.server_id, '👍')
    assert.ok(await a.socket.newsletterFetchMessages(news.jid, 10))
  })
  await step('Baileys creates a channel, renames it and writes in it', 'the channel, its new name and the text', async () => {
    await control.addChannel(alice, 'By phone') // where the owner accepts the terms
    const { id, name } = await a.socket.newsletterCreate('Mine', 'What it is about')
    assert.equal(name, 'Mine')
    await a.socket.newsletterUpdateName(id, 'Ours')
    await b.socket.newsletterFollow(id)
    assert.equal((await b.socket.newsletterMetadata('jid', id)).thread_metadata.name.text, 'Ours')
    await a.send(id, { text: 'in my channel' })
    assert.equal((await b.message('in my channel')).key.remoteJid, id)
    await control.text(bob, 'in my channel')
    await assert.rejects(b.socket.newsletterUpdateName(id, 'Mine'), /Forbidden/)
  })
}
