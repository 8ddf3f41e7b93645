import { render } from 'preact';
import { App } from './app';
import './styles/tokens.css';
import './styles/base.css';
import './styles/parts.css';
import './styles/screens.css';
import './styles/posts.css';
import './styles/preview.css';

const root = document.getElementById('app');
if (root) render(<App />, root);
